# The kernels of training in TorchScript: loss, clipping, optimiser.
#
# Letters: B queries of this rank, P passages of all ranks, D dimensions, N distinct texts of this rank, W weights.
class Train(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # Contrastive loss of B queries over P passages and its gradients in closed form; passage first + i answers query i.
  # hyper is float64 on the CPU: 1 / temperature, rows at once, first, and the pairs of the global batch, over which the
  # mean is taken. Rows are taken some at a time, so (B, P) never exists whole. Keys are (B, K) and (P, K): passage j is no
  # negative of query i when any of its keys equals the query's in the same column; key -1 equals none. Returns, float64
  # on the CPU, the sum of the losses and how many queries have their own passage first; then (B, D) and (P, D).
  def info_nce(self: __torch__.Train, queries: Tensor, passages: Tensor, query_keys: Tensor, passage_keys: Tensor, hyper: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    s = float(hyper[0])
    step = int(hyper[1])
    first = int(hyper[2])
    pairs = float(hyper[3])
    total = torch.size(queries, 0)
    d_passages = torch.zeros_like(passages)
    d_queries = torch.empty_like(queries)
    loss = torch.zeros([], dtype=7, device=queries.device)
    right = torch.zeros([], dtype=7, device=queries.device)
    columns = torch.arange(torch.size(passages, 0), device=queries.device)
    begin = 0
    while torch.lt(begin, total):
      size = step
      if torch.gt(torch.add(begin, size), total):
        size = torch.sub(total, begin)
      at = torch.add(first, begin)
      q = torch.narrow(queries, 0, begin, size)
      logits = torch.mul_(torch.matmul(q, torch.t(passages)), s)
      own = torch.eq(torch.unsqueeze(torch.narrow(columns, 0, at, size), 1), torch.unsqueeze(columns, 0))
      for key in range(torch.size(query_keys, 1)):
        mine = torch.unsqueeze(torch.narrow(torch.select(query_keys, 1, key), 0, begin, size), 1)
        same = torch.eq(mine, torch.unsqueeze(torch.select(passage_keys, 1, key), 0))
        sibling = torch.logical_and(torch.logical_and(same, torch.ne(mine, -1)), torch.logical_not(own))
        logits = torch.masked_fill_(logits, sibling, -inf)
      answer = torch.clone(torch.diagonal(torch.narrow(logits, 1, at, size), 0, 0, 1))
      right = torch.add(right, torch.sum(torch.eq(torch.sum(torch.ge(logits, torch.unsqueeze(answer, 1)), [1]), 1)))
      normaliser = torch.logsumexp(logits, [1])
      loss = torch.add(loss, torch.sum(torch.to(torch.sub(normaliser, answer), 7)))
      soft = torch.exp_(torch.sub_(logits, torch.unsqueeze(normaliser, 1)))
      at_answer = torch.diagonal(torch.narrow(soft, 1, at, size), 0, 0, 1)
      at_answer = torch.sub_(at_answer, 1.)
      soft = torch.mul_(soft, torch.div(s, pairs))
      d_passages = torch.addmm_(d_passages, torch.t(soft), q)
      mine = torch.copy_(torch.narrow(d_queries, 0, begin, size), torch.matmul(soft, passages))
      begin = torch.add(begin, size)
    sums = torch.to(torch.stack([loss, right]), "cpu")
    return (sums, d_queries, d_passages)

  # Rows of (N, D) for queries and passages: (B, D) each.
  def pick(self: __torch__.Train, texts: Tensor, rows: Tensor) -> Tensor:
    return torch.index_select(texts, 0, rows)

  # The reverse of pick: gradients of rows added up by text, (N, D).
  def unpick(self: __torch__.Train, texts: Tensor, query_rows: Tensor, d_queries: Tensor, passage_rows: Tensor, d_passages: Tensor) -> Tensor:
    d = torch.zeros_like(texts)
    d = torch.index_add_(d, 0, query_rows, d_queries)
    return torch.index_add_(d, 0, passage_rows, d_passages)

  # Copies tensors one after another into a flat one, which may lie on the CPU where they lie on a GPU.
  def pack(self: __torch__.Train, flat: Tensor, ts: List[Tensor]) -> Tensor:
    at = 0
    for i in range(torch.len(ts)):
      size = torch.numel(ts[i])
      part = torch.copy_(torch.narrow(flat, 0, at, size), torch.reshape(ts[i], [size]))
      at = torch.add(at, size)
    return flat

  # The reverse of pack.
  def unpack(self: __torch__.Train, flat: Tensor, ts: List[Tensor]) -> Tensor:
    at = 0
    for i in range(torch.len(ts)):
      size = torch.numel(ts[i])
      part = torch.copy_(ts[i], torch.view_as(torch.narrow(flat, 0, at, size), ts[i]))
      at = torch.add(at, size)
    return flat

  # L2 norm over all tensors together.
  def norm_of_all(self: __torch__.Train, ts: List[Tensor]) -> Tensor:
    return torch.to(torch.norm(torch.stack(torch._foreach_norm(ts, 2)), 2), "cpu")

  # One AdamW step in place (Loshchilov and Hutter, decoupled decay). hyper is float64 on the CPU: learning rate, beta1, beta2,
  # epsilon, weight decay, the step's number from 1, and what gradients are divided by first.
  def adamw(self: __torch__.Train, hyper: Tensor, ws: List[Tensor], gs: List[Tensor], ms: List[Tensor], vs: List[Tensor]) -> Tensor:
    steps = annotate(List[Tensor], [])
    step = torch.full([], float(hyper[5]), dtype=6, device=ws[0].device)
    for i in range(torch.len(ws)):
      steps.append(step)
    divisor = torch.full([], float(hyper[6]), dtype=6, device=ws[0].device)
    done = torch._fused_adamw_(ws, gs, ms, vs, annotate(List[Tensor], []), steps, lr=float(hyper[0]), beta1=float(hyper[1]), beta2=float(hyper[2]), weight_decay=float(hyper[4]), eps=float(hyper[3]), amsgrad=False, maximize=False, grad_scale=divisor, found_inf=None)
    return divisor

  # Copies tensors into others of the same shapes.
  def copy(self: __torch__.Train, to: List[Tensor], ts: List[Tensor]) -> Tensor:
    done = torch._foreach_copy_(to, ts)
    return torch.zeros([1])

  # Sets tensors to 0.
  def zero(self: __torch__.Train, ts: List[Tensor]) -> Tensor:
    done = torch._foreach_zero_(ts)
    return torch.zeros([1])
