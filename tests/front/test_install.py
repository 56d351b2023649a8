# SPDX-License-Identifier: MIT
"""Installs a build by `make install` into a prefix of its own, and builds and runs programs outside the tree against that copy: through
pkg-config and through the CMake package, each with the shared and with the static library.

    test_install.py BUILD_DIR
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
CONSUMER = os.path.join(HERE, "consumer")
BUILD = os.path.abspath(sys.argv.pop(1))


def run(command, **options):
    """The standard output of a command that must succeed."""
    result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if result.returncode:
        raise AssertionError(f"{' '.join(command)}: {result.returncode}\n{result.stdout}{result.stderr}")
    return result.stdout


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = tempfile.mkdtemp(prefix="cede-install-")
        # The tree is moved once it stands: nothing in it may name where it was installed.
        cls.prefix = os.path.join(cls.work, "prefix")
        make_install(os.path.join(cls.work, "first"))
        os.rename(os.path.join(cls.work, "first"), cls.prefix)
        cls.libraries = os.path.dirname(find(cls.prefix, "libcede.a"))
        cls.environment = dict(
            os.environ,
            PKG_CONFIG_PATH=os.path.join(cls.libraries, "pkgconfig"),
            LD_LIBRARY_PATH=cls.libraries,
        )

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.work)

    def check_program(self, program, library, shared):
        needed = run(["ldd", program], env=self.environment)
        if shared:
            self.assertIn(f"{library}.so.0 => {self.libraries}/", needed)
        else:
            self.assertNotIn("libcede", needed)
        printed = run([program], env=self.environment)
        self.assertEqual(printed, expected_output(program))

    def build_with_pkg_config(self, package, source, shared):
        program = os.path.join(tempfile.mkdtemp(dir=self.work), os.path.basename(source)[:-2])
        mode = [] if shared else ["--static"]
        flags = run(["pkg-config", *mode, "--cflags", "--libs", package], env=self.environment)
        if not shared:
            flags = re.sub(r"-l(cede[a-z-]*)", r"-l:lib\1.a", flags)
        run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", source, "-o", program, *flags.split()])
        return program

    def build_with_cmake(self, component, target, source):
        build = tempfile.mkdtemp(dir=self.work)
        run(
            ["cmake", "-S", CONSUMER, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={self.prefix}"]
            + [f"-DCONSUMER_TARGET={target}", f"-DCONSUMER_COMPONENTS={component}", f"-DCONSUMER_SOURCE={source}"]
        )
        run(["cmake", "--build", build])
        return os.path.join(build, os.path.basename(source)[:-2])

    def test_pkg_config_shared(self):
        program = self.build_with_pkg_config("cede", source("program.c"), True)
        self.check_program(program, "libcede", True)

    def test_pkg_config_static(self):
        program = self.build_with_pkg_config("cede", source("program.c"), False)
        self.check_program(program, "libcede", False)

    def test_cmake_shared(self):
        program = self.build_with_cmake("", "cede::cede", source("program.c"))
        self.check_program(program, "libcede", True)

    def test_cmake_static(self):
        program = self.build_with_cmake("", "cede::cede_static", source("program.c"))
        self.check_program(program, "libcede", False)

    def test_http_by_pkg_config_shared(self):
        program = self.build_with_pkg_config("cede-http", source("http_program.c"), True)
        self.check_program(program, "libcede-http", True)

    def test_http_by_pkg_config_static(self):
        program = self.build_with_pkg_config("cede-http", source("http_program.c"), False)
        self.check_program(program, "libcede", False)

    def test_http_by_cmake_shared(self):
        program = self.build_with_cmake("http", "cede::http", source("http_program.c"))
        self.check_program(program, "libcede-http", True)

    def test_http_by_cmake_static(self):
        program = self.build_with_cmake("http", "cede::http_static", source("http_program.c"))
        self.check_program(program, "libcede", False)

    def test_inline_by_pkg_config(self):
        program = self.build_with_pkg_config("cede-inline", source("inline_program.c"), True)
        self.check_program(program, "libcede", False)

    def test_inline_by_cmake(self):
        program = self.build_with_cmake("", "cede::inline", source("inline_program.c"))
        self.check_program(program, "libcede", False)

    def inline_flags(self, what, headers):
        """What pkg-config says, with the headers of the inside from another folder."""
        flags = run(["pkg-config", what, "cede-inline"], env=self.environment).split()
        return [f"-iquote{headers}" if flag.startswith("-iquote") else flag for flag in flags]

    def inside(self):
        return os.path.join(self.prefix, "include", "cede", "inline")

    def test_inline_programs_do_not_call_what_is_compiled_in(self):
        compiled = os.path.join(tempfile.mkdtemp(dir=self.work), "program.o")
        flags = self.inline_flags("--cflags", self.inside())
        run(["cc", "-O2", "-c", source("inline_program.c"), "-o", compiled, *flags])
        called = {line.split()[-1] for line in run(["nm", "-u", compiled]).splitlines()}
        self.assertIn("cede__gen_create", called)
        self.assertEqual(called & {"cede_next", "cede_send", "cede_yield"}, set())

    def test_inline_programs_made_for_another_version_do_not_link(self):
        other = os.path.join(tempfile.mkdtemp(dir=self.work), "inline")
        shutil.copytree(self.inside(), other)
        header = os.path.join(other, "coro", "gen_inline.h")
        with open(header, encoding="utf-8") as file:
            text = file.read()
        with open(header, "w", encoding="utf-8") as file:
            file.write(re.sub(r"(CEDE__INLINE_VERSION cede__inline_)\w+", r"\g<1>9_9_9", text, count=1))
        flags = self.inline_flags("--cflags", other) + self.inline_flags("--libs", other)
        with self.assertRaisesRegex(AssertionError, "undefined reference to `cede__inline_9_9_9"):
            run(["cc", source("inline_program.c"), "-o", other + "/program", *flags])

    def test_the_headers_of_the_inside_are_those_that_the_compiler_reads(self):
        flags = self.inline_flags("--cflags", self.inside())
        names = run(["cc", "-M", source("inline_program.c"), *flags]).replace("\\\n", " ").split()
        read = {os.path.relpath(name, self.inside()) for name in names if name.startswith(self.inside())}
        installed = {os.path.relpath(os.path.join(folder, name), self.inside())
                     for folder, _, files in os.walk(self.inside()) for name in files}
        self.assertTrue(read)
        self.assertEqual({name for name in installed - read if not name.startswith("sys/switch_")}, set())

    def test_an_unknown_component_is_not_found(self):
        with self.assertRaises(AssertionError):
            self.build_with_cmake("nonsense", "cede::cede", source("program.c"))

    def test_the_shared_library_shows_nothing_but_its_own_names(self):
        for library in ["libcede.so", "libcede-http.so"]:
            symbols = run(["nm", "-D", "--defined-only", os.path.join(self.libraries, library)])
            names = [line.split()[-1] for line in symbols.splitlines() if " A " not in line]
            self.assertGreater(len(names), 0)
            self.assertEqual([name for name in names if not name.startswith("cede_")], [])
            self.assertEqual([name for name in names if "llhttp" in name], [])

    def test_static_libraries_define_nothing_but_their_own_names(self):
        for library in ["libcede.a", "libcede-http.a"]:
            symbols = run(["nm", "-g", "--defined-only", os.path.join(self.libraries, library)])
            names = [line.split()[1:] for line in symbols.splitlines() if len(line.split()) == 3]
            # The compiler's own name for how a function returns: weak, so that a program may have one as well.
            foreign = [name for name in names if not name[1].startswith("cede_") and name != ["W", "__x86_return_thunk"]]
            self.assertEqual(foreign, [])

    def test_every_header_of_the_tree_is_installed(self):
        headers = os.listdir(os.path.join(HERE, "..", "..", "include", "cede"))
        self.assertEqual(sorted(os.listdir(os.path.join(self.prefix, "include", "cede"))), sorted([*headers, "inline"]))

    def test_destdir_is_put_before_the_prefix(self):
        staged = tempfile.mkdtemp(dir=self.work)
        make_install("/usr", staged)
        self.assertEqual(os.listdir(staged), ["usr"])
        self.assertTrue(os.path.exists(os.path.join(staged, "usr", "bin", "cede")))

    def test_the_tool_is_installed_and_runs(self):
        self.assertIn("serve", run([os.path.join(self.prefix, "bin", "cede"), "--help"]))


def make_install(prefix, destdir=""):
    """`make install` of what is built already: as if `make build` had made it."""
    # Not as a part of the make that may be running this.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "-C", ROOT, "--old-file=build", "install"]
    run([*command, f"BUILD={BUILD}", f"PREFIX={prefix}", f"DESTDIR={destdir}"], env=environment)


def find(top, name):
    """The path of the file called `name` under `top`; None if there is none."""
    for folder, _, files in os.walk(top):
        if name in files:
            return os.path.join(folder, name)
    return None


def source(name):
    return os.path.join(CONSUMER, name)


def expected_output(program):
    """What a program prints: the words after "Output: " in its source."""
    with open(source(os.path.basename(program) + ".c"), encoding="utf-8") as file:
        return re.search(r"/\* Output: (.*?) \*/", file.read()).group(1) + "\n"


if __name__ == "__main__":
    unittest.main()
