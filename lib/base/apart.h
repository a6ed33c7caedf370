/*
 * apart.h - a function that stays out of those that call it.
 *
 * Where a short way through a function is taken most of the time, what the long way
 * needs (registers saved, room on the stack) is paid on the short one too once the
 * compiler has made both one function.
 */
#ifndef SLA_BASE_APART_H
#define SLA_BASE_APART_H

#if defined(__GNUC__)
#define SLA__APART __attribute__((noinline))
#else
#define SLA__APART
#endif

#endif
