# The encoder's kernels in TorchScript: one source for every BERT and XLM-RoBERTa size.
#
# Letters: T tokens of a call, B texts, L tokens of the longest text of a run, H hidden width, D = H.
#
# Tokens lie packed, text after text, without padding: ids is (T). A run is a row (count, length) of runs: that many
# texts of that length in a row. Attention works run by run, everything else on all T tokens at once. A caller that
# pads instead passes one run (B, L), T = B * L, and a mask (B, L) that is true at tokens; without padding the mask
# has no elements.
#
# ws holds the weights in the order of the Hugging Face state dict: word, position and type embeddings, their norm's
# weight and bias, then for each layer weight and bias of query, key, value, attention output, its norm, intermediate,
# output, its norm. fs holds them fused: query, key and value in one matrix, the only token type added to the positions.
#
# compute is the type of matrix products and attention as TorchScript numbers it: 6 float32, 15 bfloat16, 5 float16.
# Sums along the residual path, norms, pooling and the unit length are float32 always.
class Encoder(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  heads : int
  norm_epsilon : float
  first_position : int
  compute : int
  dropout : float
  attention_dropout : float

  # Weights as the kernels want them; differentiable, so that training may fuse at each call.
  def fuse(self: __torch__.Encoder, ws: List[Tensor]) -> List[Tensor]:
    fs = annotate(List[Tensor], [ws[0], torch.add(ws[1], torch.select(ws[2], 0, 0)), ws[3], ws[4]])
    layers = torch.floordiv(torch.sub(torch.len(ws), 5), 16)
    for layer in range(layers):
      at = torch.add(5, torch.mul(16, layer))
      qkv = torch.cat([ws[at], ws[torch.add(at, 2)], ws[torch.add(at, 4)]], 0)
      bias = torch.cat([ws[torch.add(at, 1)], ws[torch.add(at, 3)], ws[torch.add(at, 5)]], 0)
      fs.append(torch.to(qkv, self.compute))
      fs.append(torch.to(bias, self.compute))
      for i in range(10):
        w = ws[torch.add(torch.add(at, 6), i)]
        if torch.__contains__([2, 3, 8, 9], i):
          fs.append(w)
        else:
          fs.append(torch.to(w, self.compute))
    return fs

  # (T, 3H) queries, keys and values -> (T, H): each token attends to the tokens of its own text.
  def attend(self: __torch__.Encoder, qkv: Tensor, counts: List[int], lengths: List[int], mask: Optional[Tensor], drop: float) -> Tensor:
    width = torch.floordiv(torch.size(qkv, 1), 3)
    per_head = torch.floordiv(width, self.heads)
    parts = annotate(List[Tensor], [])
    begin = 0
    for run in range(torch.len(counts)):
      tokens = torch.mul(counts[run], lengths[run])
      part = torch.view(torch.narrow(qkv, 0, begin, tokens), [counts[run], lengths[run], 3, self.heads, per_head])
      q = torch.transpose(torch.select(part, 2, 0), 1, 2)
      k = torch.transpose(torch.select(part, 2, 1), 1, 2)
      v = torch.transpose(torch.select(part, 2, 2), 1, 2)
      mixed = torch.scaled_dot_product_attention(q, k, v, mask, drop, False)
      parts.append(torch.reshape(torch.transpose(mixed, 1, 2), [tokens, width]))
      begin = torch.add(begin, tokens)
    if torch.eq(torch.len(parts), 1):
      return parts[0]
    return torch.cat(parts, 0)

  # (T) token ids -> (B, D) float32 rows of unit length: the mean over each text's tokens of the last layer.
  def run(self: __torch__.Encoder, ids: Tensor, runs: Tensor, mask: Tensor, fs: List[Tensor], train: bool) -> Tensor:
    counts = annotate(List[int], [])
    lengths = annotate(List[int], [])
    positions = annotate(List[Tensor], [])
    for run in range(torch.size(runs, 0)):
      count = int(runs[run][0])
      length = int(runs[run][1])
      counts.append(count)
      lengths.append(length)
      row = torch.arange(self.first_position, torch.add(self.first_position, length), dtype=4, device=ids.device)
      positions.append(torch.reshape(torch.expand(torch.unsqueeze(row, 0), [count, length]), [-1]))
    attended = annotate(Optional[Tensor], None)
    if torch.gt(torch.numel(mask), 0):
      attended = torch.unsqueeze(torch.unsqueeze(mask, 1), 1)
    drop = self.dropout
    attention_drop = self.attention_dropout
    if torch.__not__(train):
      drop = 0.
      attention_drop = 0.
    width = [torch.size(fs[0], 1)]
    x = torch.add(torch.embedding(fs[0], ids), torch.embedding(fs[1], torch.cat(positions, 0)))
    x = torch.layer_norm(torch.to(x, 6), width, fs[2], fs[3], self.norm_epsilon)
    x = torch.dropout(x, drop, train)
    layers = torch.floordiv(torch.sub(torch.len(fs), 4), 12)
    for layer in range(layers):
      at = torch.add(4, torch.mul(12, layer))
      qkv = torch.linear(torch.to(x, self.compute), fs[at], fs[torch.add(at, 1)])
      mixed = (self).attend(qkv, counts, lengths, attended, attention_drop)
      mixed = torch.linear(mixed, fs[torch.add(at, 2)], fs[torch.add(at, 3)])
      x = torch.add(torch.dropout(mixed, drop, train), x)
      x = torch.layer_norm(x, width, fs[torch.add(at, 4)], fs[torch.add(at, 5)], self.norm_epsilon)
      wide = torch.linear(torch.to(x, self.compute), fs[torch.add(at, 6)], fs[torch.add(at, 7)])
      if train:
        wide = torch.gelu(wide)
      else:
        wide = torch.gelu_(wide)
      narrow = torch.linear(wide, fs[torch.add(at, 8)], fs[torch.add(at, 9)])
      x = torch.add(torch.dropout(narrow, drop, train), x)
      x = torch.layer_norm(x, width, fs[torch.add(at, 10)], fs[torch.add(at, 11)], self.norm_epsilon)
    means = annotate(List[Tensor], [])
    begin = 0
    for run in range(torch.len(counts)):
      tokens = torch.mul(counts[run], lengths[run])
      rows = torch.view(torch.narrow(x, 0, begin, tokens), [counts[run], lengths[run], width[0]])
      if torch.gt(torch.numel(mask), 0):
        there = torch.to(torch.unsqueeze(mask, 2), 6)
        means.append(torch.div(torch.sum(torch.mul(rows, there), [1]), torch.sum(there, [1])))
      else:
        means.append(torch.mean(rows, [1]))
      begin = torch.add(begin, tokens)
    mean = torch.cat(means, 0)
    return torch.div(mean, torch.clamp_min(torch.norm(mean, 2, [1], True), 1e-12))

  # Embeddings from fused weights, without dropout.
  def encode(self: __torch__.Encoder, ids: Tensor, runs: Tensor, mask: Tensor, fs: List[Tensor]) -> Tensor:
    return (self).run(ids, runs, mask, fs, False)

  # Embeddings from the state dict's weights, with dropout; gradients reach the weights.
  def encode_train(self: __torch__.Encoder, ids: Tensor, runs: Tensor, mask: Tensor, ws: List[Tensor]) -> Tensor:
    return (self).run(ids, runs, mask, (self).fuse(ws), True)
