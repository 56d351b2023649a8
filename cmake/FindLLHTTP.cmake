# SPDX-License-Identifier: MIT
# llhttp, the HTTP parser: a library where the system has one, else the C sources that Debian ships in node-llhttp.
#
#   LLHTTP::LLHTTP    headers, and the library if there is one
#   LLHTTP_SOURCES    what to compile into libcede-http otherwise; empty if there is a library
#
# Compiled in, its names get a prefix of ours: a program may hold another llhttp of another version.

if(PkgConfig_FOUND)
  pkg_check_modules(LLHTTP_LIBRARY QUIET IMPORTED_TARGET libllhttp)
  if(NOT LLHTTP_LIBRARY_FOUND)
    pkg_check_modules(LLHTTP_LIBRARY QUIET IMPORTED_TARGET llhttp)
  endif()
endif()

set(LLHTTP_SOURCES)
if(LLHTTP_LIBRARY_FOUND)
  set(LLHTTP_WHERE "${LLHTTP_LIBRARY_LINK_LIBRARIES}")
else()
  find_path(LLHTTP_INCLUDE_DIR llhttp.h PATHS /usr/share/include /usr/include /usr/local/include PATH_SUFFIXES llhttp
    NO_CMAKE_FIND_ROOT_PATH)
  find_path(LLHTTP_SOURCE_DIR llhttp.c PATHS /usr/share/llhttp /usr/share/nodejs/llhttp NO_CMAKE_FIND_ROOT_PATH)
  if(LLHTTP_INCLUDE_DIR AND LLHTTP_SOURCE_DIR)
    set(LLHTTP_WHERE ${LLHTTP_SOURCE_DIR})
    set(LLHTTP_SOURCES ${LLHTTP_SOURCE_DIR}/api.c ${LLHTTP_SOURCE_DIR}/http.c ${LLHTTP_SOURCE_DIR}/llhttp.c)
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LLHTTP REQUIRED_VARS LLHTTP_WHERE)

if(LLHTTP_FOUND AND NOT TARGET LLHTTP::LLHTTP)
  add_library(LLHTTP::LLHTTP INTERFACE IMPORTED)
  if(LLHTTP_LIBRARY_FOUND)
    target_link_libraries(LLHTTP::LLHTTP INTERFACE PkgConfig::LLHTTP_LIBRARY)
  else()
    set(text)
    foreach(file ${LLHTTP_INCLUDE_DIR}/llhttp.h ${LLHTTP_SOURCES})
      file(READ ${file} content)
      string(APPEND text "${content}")
    endforeach()
    string(REGEX MATCHALL "llhttp__?[a-z0-9_]+" names "${text}")
    list(SORT names)
    list(REMOVE_DUPLICATES names)
    set(prefixed)
    foreach(name ${names})
      string(APPEND prefixed "#define ${name} cede__${name}\n")
    endforeach()
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/llhttp_names.h CONTENT "${prefixed}" @ONLY)
    target_include_directories(LLHTTP::LLHTTP SYSTEM INTERFACE ${LLHTTP_INCLUDE_DIR})
    target_compile_options(LLHTTP::LLHTTP INTERFACE "SHELL:-include ${PROJECT_BINARY_DIR}/llhttp_names.h")
  endif()
endif()
