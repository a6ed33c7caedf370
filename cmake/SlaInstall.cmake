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
configure_file(${PROJECT_SOURCE_DIR}/cmake/sla.pc.in ${PROJECT_BINARY_DIR}/sla.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/sla.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
