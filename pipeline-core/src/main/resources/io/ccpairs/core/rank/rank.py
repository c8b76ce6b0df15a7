# The kernels of ranking in TorchScript.
#
# Letters: B queries, T passages, D dimensions, F numbers of a prefix, C lists.
class Rank(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # q (B, D), p (T, D), above (B): what a score must exceed to outrank for sure, below (B): what it must reach to be
  # looked at again. -> outranked (B) int64, and the places (M, 2) of the scores between.
  def outranked(self: __torch__.Rank, q: Tensor, p: Tensor, above: Tensor, below: Tensor) -> List[Tensor]:
    scores = torch.mm(q, torch.t(p))
    best = torch.amax(scores, [1])
    rows = torch.squeeze(torch.nonzero(torch.ge(best, below)), 1)
    count = torch.zeros([torch.size(q, 0)], dtype=4)
    if torch.eq(torch.size(rows, 0), 0):
      return [count, torch.zeros([0, 2], dtype=4)]
    some = torch.index_select(scores, 0, rows)
    high = torch.gt(some, torch.unsqueeze(torch.index_select(above, 0, rows), 1))
    near = torch.logical_and(torch.ge(some, torch.unsqueeze(torch.index_select(below, 0, rows), 1)), torch.logical_not(high))
    count = torch.index_copy(count, 0, rows, torch.sum(high, [1]))
    places = torch.nonzero(near)
    which = torch.index_select(rows, 0, torch.select(places, 1, 0))
    return [count, torch.stack([which, torch.select(places, 1, 1)], 1)]

  # q (B, F + 1), p (T, F + 1), below (B): upper bounds of the scores -> the places (M, 2) that reach below.
  def reach(self: __torch__.Rank, q: Tensor, p: Tensor, below: Tensor) -> Tensor:
    bounds = torch.mm(q, torch.t(p))
    best = torch.amax(bounds, [1])
    rows = torch.squeeze(torch.nonzero(torch.ge(best, below)), 1)
    if torch.eq(torch.size(rows, 0), 0):
      return torch.zeros([0, 2], dtype=4)
    some = torch.index_select(bounds, 0, rows)
    places = torch.nonzero(torch.ge(some, torch.unsqueeze(torch.index_select(below, 0, rows), 1)))
    which = torch.index_select(rows, 0, torch.select(places, 1, 0))
    return torch.stack([which, torch.select(places, 1, 1)], 1)

  # q (B, D), p (T, D), n -> for each query its n-th best score (B).
  def kth(self: __torch__.Rank, q: Tensor, p: Tensor, n: Tensor) -> Tensor:
    values, indices = torch.topk(torch.mm(q, torch.t(p)), int(n), 1, True, False)
    return torch.amin(values, [1])

  # x (B, D), c (C, D), n -> the n rows of c with the greatest products, the greatest first (B, n).
  def nearest(self: __torch__.Rank, x: Tensor, c: Tensor, n: Tensor) -> Tensor:
    scores = torch.mm(x, torch.t(c))
    values, indices = torch.topk(scores, int(n), 1, True, True)
    return indices

  # x (B, D) with the list of each row (B) and the number of lists -> sums of the rows of each list (C, D).
  def sums(self: __torch__.Rank, x: Tensor, lists: Tensor, number: Tensor) -> Tensor:
    zero = torch.zeros([int(number), torch.size(x, 1)])
    return torch.index_add(zero, 0, lists, x)

  # x (B, D) -> (D, D) directions, the one along which x is longest first.
  def directions(self: __torch__.Rank, x: Tensor) -> Tensor:
    values, vectors = torch.linalg_eigh(torch.to(torch.mm(torch.t(x), x), 7))
    return torch.to(torch.contiguous(torch.flip(torch.t(vectors), [0])), 6)

  # x (B, D), directions (D, D), F -> (B, F + 1): the first F coordinates and the length of the rest.
  def prefix(self: __torch__.Rank, x: Tensor, directions: Tensor, first: Tensor) -> Tensor:
    turned = torch.mm(x, torch.t(directions))
    head = torch.narrow(turned, 1, 0, int(first))
    rest = torch.narrow(turned, 1, int(first), torch.sub(torch.size(x, 1), int(first)))
    return torch.cat([head, torch.norm(rest, 2, [1], True)], 1)
