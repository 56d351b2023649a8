# SPDX-License-Identifier: MIT
# How tests run. Labels: unit, examples, conformance, slow (out of `make test`), and oom beside one of them.

set(CEDE_TEST_ENVIRONMENT)
set(CEDE_TEST_LAUNCHER ${CMAKE_CROSSCOMPILING_EMULATOR})
if(CEDE_SANITIZE OR CMAKE_CROSSCOMPILING)
  list(APPEND CEDE_TEST_ENVIRONMENT CEDE_TEST_SLOW_MACHINE=1)
endif()
if(CEDE_SANITIZE)
  list(APPEND CEDE_TEST_ENVIRONMENT
    "ASAN_OPTIONS=detect_stack_use_after_return=0:strict_string_checks=1"
    "UBSAN_OPTIONS=print_stacktrace=1"
    "TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1")
endif()
if(CEDE_SANITIZE MATCHES "thread")
  # ThreadSanitizer of these compilers knows only the older layouts of the address space.
  execute_process(COMMAND setarch -R true RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET)
  if(NOT failed)
    set(CEDE_TEST_LAUNCHER setarch -R)
  endif()
endif()

# cede_add_test(NAME LABELS COMMAND...): LABELS is a list, quoted. Programs of ours need the launcher; scripts use it themselves.
function(cede_add_test name labels)
  set(launcher ${CEDE_TEST_LAUNCHER})
  if("${ARGV2}" STREQUAL "python3")
    set(launcher)
  endif()
  add_test(NAME ${name} COMMAND ${launcher} ${ARGN})
  set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT 1500 ENVIRONMENT "${CEDE_TEST_ENVIRONMENT}")
endfunction()

# cede_test_labels(OUT FILE LABEL): LABEL for the test in FILE, unless its name ends in _slow; oom too if it sweeps allocations.
function(cede_test_labels out file label)
  get_filename_component(noun ${file} NAME_WE)
  set(labels ${label})
  if(noun MATCHES "_slow$")
    set(labels slow)
  endif()
  file(STRINGS ${file} sweeps REGEX "test_sweep_allocations\\(" LIMIT_COUNT 1)
  if(sweeps)
    list(APPEND labels oom)
  endif()
  set(${out} "${labels}" PARENT_SCOPE)
endfunction()

# cede_test_head(TARGET FILE): what the comment at the head of a test's file asks for.
#   Wraps: madvise mprotect - why      it stands between the library and those functions of the C library: it defines
#                                      __wrap_madvise, and reaches the true one as __real_madvise
#   Compiled with: -fomit-frame-pointer - why
function(cede_test_head target file)
  file(STRINGS ${file} lines REGEX "^ \\* (Wraps|Compiled with): ")
  foreach(line ${lines})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    string(REGEX REPLACE "^ \\* [A-Za-z ]+: | - .*$" "" words "${line}")
    string(REPLACE " " ";" words "${words}")
    if(line MATCHES "Compiled with")
      set_source_files_properties(${file} PROPERTIES COMPILE_OPTIONS "${words}") # last, so that it prevails
      continue()
    endif()
    foreach(word ${words})
      target_link_options(${target} PRIVATE -Wl,--wrap=${word})
    endforeach()
  endforeach()
endfunction()
