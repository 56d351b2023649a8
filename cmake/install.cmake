# SPDX-License-Identifier: MIT
# make install: headers, libraries, pkg-config files (cede.pc, cede-http.pc) and a CMake package:
#
#   find_package(cede REQUIRED COMPONENTS http)     cede::cede cede::http (shared), cede::cede_static cede::http_static
#
# For CEDE_INLINE also cede-inline.pc and cede::inline, and the headers of the inside that coro/gen_inline.h reaches.
include(CMakePackageConfigHelpers)

set(CEDE_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/cede)

install(FILES include/cede.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(CEDE_HTTP)
  install(DIRECTORY include/cede DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
else()
  install(DIRECTORY include/cede DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h"
    PATTERN "http*.h" EXCLUDE)
endif()

# cede_install(COMPONENT TARGET): TARGET and TARGET_shared as cede::COMPONENT_static and cede::COMPONENT.
function(cede_install component target)
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${component}_static)
  set_target_properties(${target}_shared PROPERTIES EXPORT_NAME ${component})
  install(TARGETS ${target} ${target}_shared EXPORT cede-${component}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(EXPORT cede-${component} NAMESPACE cede:: DESTINATION ${CEDE_PACKAGE_DIR} FILE cede-${component}-targets.cmake)
endfunction()

# Where the libraries stand, for pkg-config: beside the file, so that an installed tree may be moved.
file(RELATIVE_PATH CEDE_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" CEDE_PC_PREFIX "${CEDE_PC_PREFIX}")
set(CEDE_PC_PREFIX "\${pcfiledir}/${CEDE_PC_PREFIX}")
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(CEDE_PC_PREFIX ${CMAKE_INSTALL_PREFIX})
endif()

# What a static library of ours needs stands there as -l words. By name of package, pkg-config --static would ask for the
# developer files of all that lies below libdw and libcurl, which a program that links those two as shared does without.
set(CEDE_PC_LIBS "-pthread -lm")
if(LIBDW_FOUND)
  string(PREPEND CEDE_PC_LIBS "-ldw ")
endif()
install(TARGETS cede_inline EXPORT cede-cede)
cede_install(cede cede)

# tests/front/test_install.py holds this list against what the compiler reads.
foreach(header base/base.h base/error_record.h coro/coroutine.h coro/gen.h coro/gen_cross.h coro/gen_inline.h coro/sanitizer.h
    coro/stack_pool.h sys/switch.h sys/switch_aarch64.h sys/switch_ucontext.h sys/switch_x86_64.h sys/valgrind.h)
  get_filename_component(floor ${header} DIRECTORY)
  install(FILES src/${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/cede/inline/${floor})
endforeach()
set_target_properties(cede_inline PROPERTIES EXPORT_NAME inline)
set(CEDE_PC_INLINE_CFLAGS -DCEDE_INLINE)
if(CEDE_UCONTEXT)
  string(APPEND CEDE_PC_INLINE_CFLAGS " -DCEDE__SWITCH_UCONTEXT=1")
endif()
configure_file(cmake/cede.pc.in ${PROJECT_BINARY_DIR}/cede.pc @ONLY)
configure_file(cmake/cede-inline.pc.in ${PROJECT_BINARY_DIR}/cede-inline.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/cede.pc ${PROJECT_BINARY_DIR}/cede-inline.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

if(CEDE_HTTP)
  set(CEDE_PC_HTTP_LIBS -lcurl -lssl -lcrypto -lz -lbrotlidec -lzstd)
  if(LLHTTP_LIBRARY_FOUND)
    list(APPEND CEDE_PC_HTTP_LIBS -lllhttp)
  endif()
  string(REPLACE ";" " " CEDE_PC_HTTP_LIBS "${CEDE_PC_HTTP_LIBS}")
  cede_install(http cede_http)
  configure_file(cmake/cede-http.pc.in ${PROJECT_BINARY_DIR}/cede-http.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/cede-http.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()

configure_package_config_file(cmake/cede-config.cmake.in ${PROJECT_BINARY_DIR}/cede-config.cmake
  INSTALL_DESTINATION ${CEDE_PACKAGE_DIR})
# No promise of compatibility before 1.0: only the same minor version will do.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cede-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cede-config.cmake ${PROJECT_BINARY_DIR}/cede-config-version.cmake
  DESTINATION ${CEDE_PACKAGE_DIR})
