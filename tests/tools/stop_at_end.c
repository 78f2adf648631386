/*
 * Stops the program when main has returned, all of it wiped and freed, so that its memory can be
 * looked at: a library to be put in front of the C library (LD_PRELOAD). SIGCONT lets it end.
 */
#include <signal.h>

__attribute__((destructor)) static void stop(void)
{
    raise(SIGSTOP);
}
