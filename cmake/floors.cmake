# SPDX-License-Identifier: MIT
# The floors, lowest first. Each is a set of objects; a floor's tests link that floor and those below only, so that a call
# upwards does not link.

find_package(Threads REQUIRED)
find_package(PkgConfig)

# cede_options: how everything of ours is compiled. cede_flags: that, and the inside of the library; examples do without.
add_library(cede_options INTERFACE)
target_compile_features(cede_options INTERFACE c_std_17)
target_compile_options(cede_options INTERFACE -Wall -Wextra -Wshadow -Wstrict-prototypes
  -Wmissing-prototypes -Wvla -fno-omit-frame-pointer -fno-semantic-interposition
  -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)
# Two pointers stored at once by way of a vector register take longer than two stores, and our lists are full of such pairs.
target_compile_options(cede_options INTERFACE -fno-tree-slp-vectorize)
if(CEDE_WERROR)
  target_compile_options(cede_options INTERFACE -Werror)
endif()
if(CEDE_SANITIZE)
  target_compile_options(cede_options INTERFACE -fsanitize=${CEDE_SANITIZE})
  target_link_options(cede_options INTERFACE -fsanitize=${CEDE_SANITIZE})
  if(CEDE_SANITIZE MATCHES "undefined")
    target_compile_options(cede_options INTERFACE -fno-sanitize-recover=undefined)
  endif()
endif()

add_library(cede_flags INTERFACE)
target_include_directories(cede_flags INTERFACE ${PROJECT_SOURCE_DIR}/include)
# For "sys/poll.h" in quotes only: <poll.h> of the C library includes <sys/poll.h>, which must not be ours.
target_compile_options(cede_flags INTERFACE "SHELL:-iquote ${PROJECT_SOURCE_DIR}/src")
target_link_libraries(cede_flags INTERFACE cede_options Threads::Threads m)
target_compile_definitions(cede_flags INTERFACE CEDE__VERSION="${PROJECT_VERSION}")
if(CEDE_UCONTEXT)
  target_compile_definitions(cede_flags INTERFACE CEDE__SWITCH_UCONTEXT=1)
endif()

# libdw makes backtraces of parked tasks exact and symbolic; without it they follow frame pointers.
if(PkgConfig_FOUND)
  pkg_check_modules(LIBDW QUIET IMPORTED_TARGET libdw)
  if(LIBDW_FOUND)
    target_compile_definitions(cede_flags INTERFACE CEDE__HAVE_LIBDW=1)
    target_link_libraries(cede_flags INTERFACE PkgConfig::LIBDW)
  endif()
endif()

set(CEDE_CORE_FLOORS base sys coro loop task io progress sim)

# cede_floor(NAME VISIBILITY [TARGET...]): objects of src/NAME twice, for the static library and, position independent, for
# the shared one. libcede's own are visible to libcede-http, which uses the inside of libcede; the version script in
# cmake/libcede.map says so. Nothing stands above libcede-http: its inside is hidden.
function(cede_floor name visibility)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.c)
  if(NOT sources)
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/empty_${name}.c CONTENT "typedef int cede__empty_${name};\n")
    set(sources ${PROJECT_BINARY_DIR}/empty_${name}.c)
  endif()
  add_library(cede_floor_${name} OBJECT ${sources})
  target_compile_options(cede_floor_${name} PRIVATE -fPIE -fvisibility=hidden)
  add_library(cede_floor_${name}_pic OBJECT ${sources})
  target_compile_options(cede_floor_${name}_pic PRIVATE -fPIC -fvisibility=${visibility})
  foreach(target cede_floor_${name} cede_floor_${name}_pic)
    target_link_libraries(${target} PUBLIC cede_flags ${ARGN})
  endforeach()
endfunction()

foreach(floor ${CEDE_CORE_FLOORS})
  cede_floor(${floor} default)
endforeach()
# A seed gives the same bits on every machine: no multiplication and addition become one step with one rounding.
foreach(target cede_floor_sim cede_floor_sim_pic)
  target_compile_options(${target} PRIVATE -ffp-contract=off)
endforeach()

if(CEDE_HTTP)
  pkg_check_modules(LIBCURL IMPORTED_TARGET libcurl>=7.85)
  pkg_check_modules(OPENSSL IMPORTED_TARGET openssl>=3.0)
  pkg_check_modules(CODINGS IMPORTED_TARGET zlib libbrotlidec libzstd)
  find_package(LLHTTP)
  if(NOT LIBCURL_FOUND OR NOT OPENSSL_FOUND OR NOT CODINGS_FOUND OR NOT LLHTTP_FOUND)
    message(FATAL_ERROR "libcede-http needs libcurl, OpenSSL 3, zlib, brotli, zstd and llhttp: install them (scripts/setup build), or configure with "
      "-DCEDE_HTTP=OFF for libcede alone.")
  endif()
  cede_floor(http hidden PkgConfig::LIBCURL PkgConfig::OPENSSL PkgConfig::CODINGS LLHTTP::LLHTTP)
endif()
