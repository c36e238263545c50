#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H

/// How often memory was asked for since the program began, by malloc and its kin, in all of the process.
unsigned long long allocation_count(void);

#endif
