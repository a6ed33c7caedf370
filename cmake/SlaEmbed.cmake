# A text file as a C string, so that a library needs no file beside it.
#
#   sla_embed(source sla__schema FILE)   then list ${source} among a target's sources
#   cmake -DINPUT=FILE -DSYMBOL=NAME -DOUTPUT=FILE.c -P SlaEmbed.cmake
#
# Defines  extern const char SYMBOL[];  ended by a NUL.

if(CMAKE_SCRIPT_MODE_FILE)
  file(READ "${INPUT}" hex HEX)
  # bytes and not a literal, which has a length limit; sixteen a line
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)"
         "\\1\n" bytes "${bytes}")
  get_filename_component(name "${INPUT}" NAME)
  file(WRITE "${OUTPUT}" "/* ${name}, written by cmake/SlaEmbed.cmake; do not edit. */\n\
extern const char ${SYMBOL}[];\nconst char ${SYMBOL}[] = {\n${bytes}0x00};\n")
  return()
endif()

set(SLA_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

# sla_embed(VARIABLE SYMBOL FILE): the C file's path goes into VARIABLE.
function(sla_embed variable symbol file)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.c)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${file} -DSYMBOL=${symbol} -DOUTPUT=${output}
            -P ${SLA_EMBED_SCRIPT}
    DEPENDS ${file} ${SLA_EMBED_SCRIPT}
    COMMENT "Embedding ${symbol}" VERBATIM)
  set(${variable} ${output} PARENT_SCOPE)
endfunction()
