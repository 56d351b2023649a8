# SPDX-License-Identifier: MIT
# What is installed: libcede (floors 0 to 5 and progress bars) and libcede-http, each static and shared.

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
endfunction()

cede_library(cede ${CEDE_CORE_FLOORS})
