package io.ccpairs.core.encoder.kernel;

/**
 * What the kernels must know beyond the shapes of the weights.
 *
 * @param heads attention heads of each layer; divides the hidden width
 * @param normEpsilon added to the variance in layer norms
 * @param firstPosition row of the position table for the first token: 0 for BERT, 2 for XLM-RoBERTa
 * @param precision number format of products and attention
 * @param dropout share of hidden values dropped in training, 0 ≤ dropout &lt; 1
 * @param attentionDropout the same for attention weights
 */
public record KernelSettings(
    int heads,
    double normEpsilon,
    int firstPosition,
    Precision precision,
    double dropout,
    double attentionDropout) {}
