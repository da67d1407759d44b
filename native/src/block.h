/* Memory for the arguments of a callback. A thread's calls nest, so it has a block for each level.
   A block stays where it is, so that Java needs to make only one ByteBuffer of it. */
#ifndef CLUTCH_BLOCK_H
#define CLUTCH_BLOCK_H

/* As BLOCK in NativeCallback.java. */
#define CLUTCH_BLOCK_SIZE 4096

typedef struct clutch_block {
  struct clutch_block *next;
  _Alignas(8) unsigned char bytes[CLUTCH_BLOCK_SIZE];
} clutch_block;

int clutch_block_setup(void);

/* NULL without memory. */
clutch_block *clutch_block_take(void);

/* The one that the thread took last. */
void clutch_block_give(clutch_block *used);

#endif
