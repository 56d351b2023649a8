# SPDX-License-Identifier: MIT
# What is installed: libcede (floors 0 to 5, progress bars and simulation) and libcede-http, each static and shared.

# cede_library(NAME FLOOR...): targets NAME (static) and NAME_shared from the objects of the floors.
function(cede_library name)
  set(objects)
  set(pic_objects)
  foreach(floor ${ARGN})
    list(APPEND objects $<TARGET_OBJECTS:cede_floor_${floor}>)
    list(APPEND pic_objects $<TARGET_OBJECTS:cede_floor_${floor}_pic>)
  endforeach()
  add_library(${name} STATIC ${objects})
  add_library(${name}_shared SHARED ${pic_objects})
  string(REPLACE "_" "-" file ${name})
  foreach(target ${name} ${name}_shared)
    set_target_properties(${target} PROPERTIES OUTPUT_NAME ${file} LINKER_LANGUAGE C)
    target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
    target_link_libraries(${target} PUBLIC Threads::Threads m)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:cede_flags>)
  endforeach()
  set_target_properties(${name}_shared PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION 0)
  if(NOT CEDE_SANITIZE)
    target_link_options(${name}_shared PRIVATE -Wl,--no-undefined)
  endif()
endfunction()

cede_library(cede ${CEDE_CORE_FLOORS})
configure_file(cmake/libcede.map.in ${PROJECT_BINARY_DIR}/libcede.map @ONLY)
target_link_options(cede_shared PRIVATE -Wl,-Bsymbolic-functions
  -Wl,--version-script=${PROJECT_BINARY_DIR}/libcede.map)
set_target_properties(cede_shared PROPERTIES LINK_DEPENDS ${PROJECT_BINARY_DIR}/libcede.map)
if(LIBDW_FOUND)
  target_link_libraries(cede PRIVATE PkgConfig::LIBDW)
endif()

# cede_inline: for programs of which the hot functions of generators become a part (CEDE_INLINE). They are compiled with the
# inside of this very library in view, and linked with it statically. Once installed it is cede::inline.
add_library(cede_inline INTERFACE)
target_compile_definitions(cede_inline INTERFACE CEDE_INLINE $<$<BOOL:${CEDE_UCONTEXT}>:CEDE__SWITCH_UCONTEXT=1>)
target_compile_options(cede_inline INTERFACE $<BUILD_INTERFACE:-iquote${PROJECT_SOURCE_DIR}/src>
  $<INSTALL_INTERFACE:-iquote$<INSTALL_PREFIX>/${CMAKE_INSTALL_INCLUDEDIR}/cede/inline>)
target_link_libraries(cede_inline INTERFACE cede)

# The symbol that such a program refers to bears the version, so that one made for another does not link.
string(REPLACE "." "_" inline_version cede__inline_${PROJECT_VERSION})
file(STRINGS src/coro/gen_inline.h found REGEX "^#define CEDE__INLINE_VERSION ${inline_version}$")
if(NOT found)
  message(FATAL_ERROR "src/coro/gen_inline.h must define CEDE__INLINE_VERSION as ${inline_version}, the version of the project.")
endif()

if(CEDE_HTTP)
  cede_library(cede_http http)
  if(LLHTTP_SOURCES)
    # Not our code: no warnings from it. Compiled once, position independent, for both libraries.
    add_library(cede_llhttp OBJECT ${LLHTTP_SOURCES})
    set_target_properties(cede_llhttp PROPERTIES C_CLANG_TIDY "" POSITION_INDEPENDENT_CODE ON)
    target_compile_options(cede_llhttp PRIVATE -w -fvisibility=hidden)
    target_link_libraries(cede_llhttp PRIVATE LLHTTP::LLHTTP)
    set(CEDE_LLHTTP_OBJECTS $<TARGET_OBJECTS:cede_llhttp>)
    target_sources(cede_http PRIVATE ${CEDE_LLHTTP_OBJECTS})
    target_sources(cede_http_shared PRIVATE ${CEDE_LLHTTP_OBJECTS})
  elseif(LLHTTP_LIBRARY_FOUND)
    foreach(target cede_http cede_http_shared)
      target_link_libraries(${target} PRIVATE PkgConfig::LLHTTP_LIBRARY)
    endforeach()
  endif()
  target_link_libraries(cede_http PUBLIC cede PRIVATE PkgConfig::LIBCURL PkgConfig::OPENSSL PkgConfig::CODINGS)
  target_link_libraries(cede_http_shared PUBLIC cede_shared PRIVATE PkgConfig::LIBCURL PkgConfig::OPENSSL PkgConfig::CODINGS)
endif()
