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

  # 0 where an element of value is dropped, with a chance of drop to 15 bits, and 1 elsewhere. The engine's own dropout draws
  # one number for each element, on one thread, which costs a fifth of a training step on CPUs; this draws one for four.
  def keep(self: __torch__.Encoder, value: Tensor, drop: float) -> Tensor:
    count = torch.numel(value)
    bits = torch.random_(torch.empty([torch.floordiv(torch.add(count, 3), 4)], dtype=4, device=value.device))
    bits = torch.bitwise_and(bits, 9223231297218904063)  # the highest bit of each 16, of which the last is always 0
    draws = torch.narrow(torch.view_copy(bits, dtype=2), 0, 0, count)
    return torch.view_as(torch.type_as(torch.ge(draws, int(torch.mul(drop, 32768))), value), value)

  # residual + value with elements of value dropped and the others made larger by as much.
  def add_dropped(self: __torch__.Encoder, residual: Tensor, value: Tensor, drop: float) -> Tensor:
    if torch.eq(drop, 0.):
      return torch.add(value, residual)
    if value.is_cuda:
      return torch.add(torch.dropout(value, drop, True), residual)
    kept = torch.mul(value, (self).keep(torch.detach(value), drop))
    return torch.add(residual, kept, alpha=torch.div(1., torch.sub(1., drop)))

  # Attention whose weights are dropped, on CPUs; the fused kernel there knows no dropout.
  def attend_dropped(self: __torch__.Encoder, q: Tensor, k: Tensor, v: Tensor, drop: float) -> Tensor:
    scale = torch.pow(torch.size(q, 3), -0.5)
    weights = torch.softmax(torch.matmul(torch.mul(q, scale), torch.transpose(k, 2, 3)), 3)
    kept = torch.mul(weights, (self).keep(torch.detach(weights), drop))
    return torch.matmul(kept, torch.mul(v, torch.div(1., torch.sub(1., drop))))

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
      if torch.__or__(torch.eq(drop, 0.), torch.__or__(q.is_cuda, torch.__isnot__(mask, None))):
        mixed = torch.scaled_dot_product_attention(q, k, v, mask, drop, False)
      else:
        mixed = (self).attend_dropped(q, k, v, drop)
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
    if torch.gt(drop, 0.):
      x = (self).add_dropped(torch.zeros([1], dtype=6, device=x.device), x, drop)
    layers = torch.floordiv(torch.sub(torch.len(fs), 4), 12)
    for layer in range(layers):
      at = torch.add(4, torch.mul(12, layer))
      qkv = torch.linear(torch.to(x, self.compute), fs[at], fs[torch.add(at, 1)])
      mixed = (self).attend(qkv, counts, lengths, attended, attention_drop)
      mixed = torch.linear(mixed, fs[torch.add(at, 2)], fs[torch.add(at, 3)])
      x = (self).add_dropped(x, mixed, drop)
      x = torch.layer_norm(x, width, fs[torch.add(at, 4)], fs[torch.add(at, 5)], self.norm_epsilon)
      wide = torch.linear(torch.to(x, self.compute), fs[torch.add(at, 6)], fs[torch.add(at, 7)])
      if train:
        wide = torch.gelu(wide)
      else:
        wide = torch.gelu_(wide)
      narrow = torch.linear(wide, fs[torch.add(at, 8)], fs[torch.add(at, 9)])
      x = (self).add_dropped(x, narrow, drop)
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
