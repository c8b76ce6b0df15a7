# The kernels of ranking in TorchScript.
#
# Letters: B queries, T passages, D dimensions, W numbers of a bound's row, C lists.
class Rank(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # q (B, D), p (T, D), above (B): what a score must exceed to outrank for sure, below (B): what it must reach to be
  # looked at again, own: places row * T + column that count for nothing.
  # -> outranked (B) int64, and the places (M, 2) of the scores between.
  def outranked(self: __torch__.Rank, q: Tensor, p: Tensor, above: Tensor, below: Tensor, own: Tensor) -> List[Tensor]:
    scores = torch.mm(q, torch.t(p))
    flat = torch.index_fill_(torch.view(scores, [-1]), 0, own, -3.)
    best = torch.amax(scores, [1])
    rows = torch.squeeze(torch.nonzero(torch.ge(best, below)), 1)
    count = torch.to(torch.zeros_like(best), 4)
    if torch.eq(torch.size(rows, 0), 0):
      return [count, torch.zeros([0, 2], dtype=4, device=q.device)]
    some = torch.index_select(scores, 0, rows)
    high = torch.gt(some, torch.unsqueeze(torch.index_select(above, 0, rows), 1))
    near = torch.logical_and(torch.ge(some, torch.unsqueeze(torch.index_select(below, 0, rows), 1)), torch.logical_not(high))
    count = torch.index_copy(count, 0, rows, torch.sum(high, [1]))
    places = torch.nonzero(near)
    which = torch.index_select(rows, 0, torch.select(places, 1, 0))
    return [count, torch.stack([which, torch.select(places, 1, 1)], 1)]

  # q (B, W), p (T, W or more), below (B): upper bounds of the scores, most: how many of them may reach below for one query
  # -> the queries (N) of which more do, and the places (M, 2) that reach below for the others.
  def reach(self: __torch__.Rank, q: Tensor, p: Tensor, below: Tensor, most: Tensor) -> List[Tensor]:
    bounds = torch.mm(q, torch.t(torch.narrow(p, 1, 0, torch.size(q, 1))))
    best = torch.amax(bounds, [1])
    rows = torch.squeeze(torch.nonzero(torch.ge(best, below)), 1)
    if torch.eq(torch.size(rows, 0), 0):
      return [rows, torch.zeros([0, 2], dtype=4, device=q.device)]
    some = torch.index_select(bounds, 0, rows)
    hits = torch.ge(some, torch.unsqueeze(torch.index_select(below, 0, rows), 1))
    full = torch.gt(torch.sum(hits, [1]), int(most))
    dense = torch.index_select(rows, 0, torch.squeeze(torch.nonzero(full), 1))
    few = torch.squeeze(torch.nonzero(torch.logical_not(full)), 1)
    places = torch.nonzero(torch.index_select(hits, 0, few))
    which = torch.index_select(torch.index_select(rows, 0, few), 0, torch.select(places, 1, 0))
    return [dense, torch.stack([which, torch.select(places, 1, 1)], 1)]

  # q (P, W), rows (B) of it, p (T, W or more), out (B, T) -> out, filled with the products of the rows and p.
  def products(self: __torch__.Rank, q: Tensor, rows: Tensor, p: Tensor, out: Tensor) -> Tensor:
    some = torch.index_select(q, 0, rows)
    return torch.mm(some, torch.t(torch.narrow(p, 1, 0, torch.size(q, 1))), out=out)

  # q (P, W), rows (B) of it -> (B, W)
  def select(self: __torch__.Rank, q: Tensor, rows: Tensor) -> Tensor:
    return torch.index_select(q, 0, rows)

  # How many of a list's bounds reach below, if they lie around their mean as normal numbers do.
  # q (P, W), means (C, W or more) and variances (C, W or more) of the rows of bounds of each list, below (P) -> shares (P, C).
  def expected(self: __torch__.Rank, q: Tensor, means: Tensor, variances: Tensor, below: Tensor) -> Tensor:
    mean = torch.mm(q, torch.t(torch.narrow(means, 1, 0, torch.size(q, 1))))
    variance = torch.mm(torch.mul(q, q), torch.t(torch.narrow(variances, 1, 0, torch.size(q, 1))))
    away = torch.div(torch.sub(torch.unsqueeze(below, 1), mean), torch.sqrt(torch.add(torch.mul(variance, 2.), 1e-12)))
    return torch.mul(torch.special_erfc(away), 0.5)

  # q (B, D), p (T, D), n -> for each query its n-th best score (B).
  def kth(self: __torch__.Rank, q: Tensor, p: Tensor, n: Tensor) -> Tensor:
    values, indices = torch.topk(torch.mm(q, torch.t(p)), int(n), 1, True, False)
    return torch.amin(values, [1])

  # x (B, D), c (C, D), n -> the n rows of c with the greatest products, the greatest first (B, n).
  def nearest(self: __torch__.Rank, x: Tensor, c: Tensor, n: Tensor) -> Tensor:
    scores = torch.mm(x, torch.t(c))
    values, indices = torch.topk(scores, int(n), 1, True, True)
    return indices

  # x (B, W) with the list of each row (B) and the number of lists -> sums of the rows of each list (C, W).
  def sums(self: __torch__.Rank, x: Tensor, lists: Tensor, number: Tensor) -> Tensor:
    zero = torch.zeros([int(number), torch.size(x, 1)], device=x.device)
    return torch.index_add(zero, 0, lists, x)

  # x (B, D) -> (D, D) float64 directions, the one along which x is longest first.
  def directions(self: __torch__.Rank, x: Tensor) -> Tensor:
    double = torch.to(x, 7)
    values, vectors = torch.linalg_eigh(torch.mm(torch.t(double), double))
    return torch.contiguous(torch.flip(torch.t(vectors), [0]))

  # x (B, D), directions (D, D) float64, cuts (K) ascending, only -> (B, W) with W = the last cut + K: coordinates up to a
  # cut, the length of all beyond it, coordinates up to the next cut, and so on. The product of two rows up to one of the
  # lengths bounds x·x', if of one row the lengths before are zero: with only >= 0 all lengths but that one are. In double
  # precision, so that only the last rounding stands between the bound and the truth.
  def turned(self: __torch__.Rank, x: Tensor, directions: Tensor, cuts: Tensor, only: Tensor) -> Tensor:
    along = torch.mm(torch.to(x, 7), torch.t(directions))
    kept = int(only)
    parts = annotate(List[Tensor], [])
    begin = 0
    for i in range(torch.size(cuts, 0)):
      end = int(torch.select(cuts, 0, i))
      parts.append(torch.narrow(along, 1, begin, torch.sub(end, begin)))
      rest = torch.norm(torch.narrow(along, 1, end, torch.sub(torch.size(x, 1), end)), 2, [1], True)
      if torch.__or__(torch.lt(kept, 0), torch.eq(i, kept)):
        parts.append(rest)
      else:
        parts.append(torch.zeros_like(rest))
      begin = end
    return torch.to(torch.cat(parts, 1), 6)
