// Times training steps of karpathy/llm.c's train_gpt2.c at any shape; compiled by LlmcComparison with -I<llm.c>.
// Arguments: vocabulary, context, layers, heads, width, batch, steps, a file to write. Prints the fastest step in milliseconds.
#define TESTING // leaves out its main
#include "train_gpt2.c"

static unsigned int next_number(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (*state * 0x2545F4914F6CDD1Dull) >> 32;
}

int main(int argc, char **argv) {
    if (argc != 9) return 2;
    int V = atoi(argv[1]), T = atoi(argv[2]), L = atoi(argv[3]), H = atoi(argv[4]), C = atoi(argv[5]), B = atoi(argv[6]), steps = atoi(argv[7]);
    uint64_t state = 1;

    // a model file of its own format, version 3, with small random weights
    FILE *file = fopen(argv[8], "wb");
    if (file == NULL) return 1;
    int header[256] = {20240326, 3, T, V, L, H, C, V};
    fwrite(header, sizeof(int), 256, file);
    size_t count = (size_t)V * C + (size_t)T * C + (size_t)L * (12 * (size_t)C * C + 13 * C) + 2 * C;
    for (size_t i = 0; i < count; i++) {
        float weight = ((next_number(&state) >> 8) / 16777216.0f - 0.5f) * 0.07f;
        fwrite(&weight, sizeof(float), 1, file);
    }
    fclose(file);
    GPT2 model;
    gpt2_build_from_checkpoint(&model, argv[8]);

    int *inputs = malloc((size_t)B * T * sizeof(int)), *targets = malloc((size_t)B * T * sizeof(int));
    for (int i = 0; i < B * T; i++) {
        inputs[i] = (int)(next_number(&state) % V);
        targets[i] = (inputs[i] * 7 + 3) % V;
    }
    double fastest = 1e12;
    for (int step = 1; step <= steps; step++) {
        struct timespec start, end;
        clock_gettime(CLOCK_MONOTONIC, &start);
        gpt2_forward(&model, inputs, targets, B, T);
        gpt2_zero_grad(&model);
        gpt2_backward(&model);
        gpt2_update(&model, 1e-4f, 0.9f, 0.999f, 1e-8f, 0.0f, step);
        clock_gettime(CLOCK_MONOTONIC, &end);
        double milliseconds = (end.tv_sec - start.tv_sec) * 1e3 + (end.tv_nsec - start.tv_nsec) / 1e6;
        if (milliseconds < fastest) fastest = milliseconds;
    }
    fprintf(stderr, "%.1f\n", fastest);
    return 0;
}
