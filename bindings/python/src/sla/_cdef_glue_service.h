/* Of _glue_service.h. */
