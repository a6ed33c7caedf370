# cmake -P: the JSON files of two folders as one C file.
#
#   cmake -DCALENDARS=DIR -DPOLICIES=DIR -DOUTPUT=FILE -P SlaBundle.cmake
#
# Bytes and not string literals: a literal has a length limit, and a byte has no
# quoting.  A folder that is empty or not there gives an empty table.

function(bundle_folder folder table)
  file(GLOB files "${folder}/*.json")
  list(SORT files)
  set(texts "")
  set(rows "")
  foreach(file IN LISTS files)
    get_filename_component(name "${file}" NAME_WLE)
    string(MAKE_C_IDENTIFIER "${table}_${name}" symbol)
    file(READ "${file}" hex HEX)
    string(LENGTH "${hex}" digits)
    math(EXPR length "${digits} / 2")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    # sixteen bytes a line, so that a compiler's complaint stays readable
    string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)"
           "\\1\n" bytes "${bytes}")
    string(APPEND texts "static const unsigned char ${symbol}[] = {\n${bytes}0x00};\n")
    string(APPEND rows "    {\"${name}\", (const char *)${symbol}, ${length}},\n")
  endforeach()
  file(APPEND "${OUTPUT}" "${texts}\nconst sla__bundled sla__${table}[] = {\n${rows}    {NULL, NULL, 0}};\n\n")
endfunction()

file(WRITE "${OUTPUT}" "/* bundled_data.c - written by cmake/SlaBundle.cmake; do not edit. */\n#include \"base/bundled.h\"\n\n")
bundle_folder("${CALENDARS}" bundled_calendars)
bundle_folder("${POLICIES}" bundled_policies)
