# An adapter: a small library of its own beside libsla, shared and static, with
# its own header, version script, pkg-config file and component of the package.

# sla_adapter(NAME OUTPUT SOURCES...): targets sla_NAME_shared and sla_NAME_static,
# called sla::NAME and sla::NAME_static, in libOUTPUT; its map is libOUTPUT.map.
function(sla_adapter name output)
  add_library(sla_${name}_objects OBJECT ${ARGN})
  # libsla hides its door to memory: the shared library has one of its own, the
  # archive finds that of libsla.a.
  add_library(sla_${name}_shared SHARED $<TARGET_OBJECTS:sla_${name}_objects>
    ${PROJECT_SOURCE_DIR}/lib/base/alloc.c)
  add_library(sla_${name}_static STATIC $<TARGET_OBJECTS:sla_${name}_objects>)
  target_link_libraries(sla_${name}_shared PUBLIC sla_shared)
  target_link_libraries(sla_${name}_static PUBLIC sla_static)
  set_target_properties(sla_${name}_shared PROPERTIES EXPORT_NAME ${name}
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR} INSTALL_RPATH "$ORIGIN")
  set_target_properties(sla_${name}_static PROPERTIES EXPORT_NAME ${name}_static)
  add_library(sla::${name} ALIAS sla_${name}_shared)
  add_library(sla::${name}_static ALIAS sla_${name}_static)
  foreach(target sla_${name}_objects sla_${name}_shared sla_${name}_static)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/lib)
    set_target_properties(${target} PROPERTIES OUTPUT_NAME ${output} C_VISIBILITY_PRESET hidden)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:sla_flags>)
  endforeach()
  set(map ${CMAKE_CURRENT_SOURCE_DIR}/lib${output}.map)
  target_link_options(sla_${name}_shared PRIVATE -Wl,--version-script=${map})
  set_target_properties(sla_${name}_shared PROPERTIES LINK_DEPENDS ${map})
  if(NOT SLA_SANITIZE) # a sanitizer's runtime is in the program, not in the library
    target_link_options(sla_${name}_shared PRIVATE -Wl,--no-undefined)
  endif()
endfunction()
