# What `cmake --install` puts where: libraries, headers, and the two ways in
# which an outside program finds them (sla-config.cmake and sla.pc).
include(CMakePackageConfigHelpers)

set(sla_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/sla)

install(TARGETS sla_shared sla_static EXPORT sla-targets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/sla DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.h")
install(EXPORT sla-targets NAMESPACE sla:: DESTINATION ${sla_cmake_dir})

# Components: what only those need who ask for it.
foreach(component ev pg sqlite testing)
  install(TARGETS sla_${component}_shared sla_${component}_static EXPORT sla-${component}-targets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(EXPORT sla-${component}-targets NAMESPACE sla:: DESTINATION ${sla_cmake_dir})
endforeach()

# What an administrator of a database reads and runs.
install(FILES ${PROJECT_SOURCE_DIR}/lib/pg/schema.sql ${PROJECT_SOURCE_DIR}/lib/pg/views.sql
  ${PROJECT_SOURCE_DIR}/lib/pg/roles.sql
  DESTINATION ${CMAKE_INSTALL_DATADIR}/sla/pg)

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/sla-config.cmake.in
  ${PROJECT_BINARY_DIR}/sla-config.cmake INSTALL_DESTINATION ${sla_cmake_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/sla-config-version.cmake
  COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/sla-config.cmake ${PROJECT_BINARY_DIR}/sla-config-version.cmake
  DESTINATION ${sla_cmake_dir})

# sla.pc finds its prefix from where it lies, so a tree may be moved.
# GNUInstallDirs' names may be absolute (Nix, some distributions).
cmake_path(APPEND CMAKE_INSTALL_PREFIX ${CMAKE_INSTALL_LIBDIR} pkgconfig OUTPUT_VARIABLE sla_pc_dir)
file(RELATIVE_PATH SLA_PC_PREFIX ${sla_pc_dir} ${CMAKE_INSTALL_PREFIX})
cmake_path(APPEND SLA_PC_LIBDIR "\${prefix}" "${CMAKE_INSTALL_LIBDIR}")
cmake_path(APPEND SLA_PC_INCLUDEDIR "\${prefix}" "${CMAKE_INSTALL_INCLUDEDIR}")

# sla_pkg_config(NAME DESCRIPTION REQUIRES LIBS LIBS_PRIVATE)
function(sla_pkg_config SLA_PC_NAME SLA_PC_DESCRIPTION SLA_PC_REQUIRES SLA_PC_LIBS SLA_PC_LIBS_PRIVATE)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/sla.pc.in ${PROJECT_BINARY_DIR}/${SLA_PC_NAME}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${SLA_PC_NAME}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

sla_pkg_config(sla "Deadlines of tickets and the escalations that follow" ""
  "-lsla" "-ljansson -lcctz -lstdc++")
# libev has no file of its own for pkg-config, and who has a loop calls it.
sla_pkg_config(sla-ev "libsla on a libev loop" "sla" "-lsla-ev -lev" "")
sla_pkg_config(sla-pg "libsla's store in PostgreSQL" "sla" "-lsla-pg" "-lpq")
sla_pkg_config(sla-sqlite "libsla's store in one file" "sla" "-lsla-sqlite" "-lsqlite3")
sla_pkg_config(sla-test "libsla with a clock that tests set" "sla" "-lsla-test" "")
