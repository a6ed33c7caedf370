/*
 * secret.h - passwords on our command line.
 *
 * A URI or a connection string may hold one, and may stand anywhere, also by mistake.
 * All words are blotted out where they lie before anything reads them, so that no list of
 * processes and no complaint, whoever makes it, can show one; who connects asks for what
 * was said.
 */
#ifndef SLA_CLI_SECRET_H
#define SLA_CLI_SECRET_H

/* Passwords in a text, made illegible where they stand. */
void secret_blot(char *text);

/* Blot out all words of a command line; those that hold none stay as they are. */
void secret_hide(int count, char **words);

/* What a word, or the rest of one, was; itself where it held no password. */
char *secret_of(char *word);

#endif
