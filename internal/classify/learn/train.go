package learn

import (
	"math"
	"math/rand/v2"

	"triage/internal/classify/network"
)

// target is what the network should answer, and what each output counts.
type target struct{ want, count network.Answer }

// target is that of an example, smoothed.
func (s *session) target(e *Example) target {
	t := target{e.Want, e.Count}
	if s.Shape.Smoothing <= 0 {
		return t
	}
	among := [outputs]int{}
	for _, c := range s.Choices {
		for o := c[0]; o < c[1]; o++ {
			among[o] = c[1] - c[0]
		}
	}
	by := float32(s.Shape.Smoothing)
	for o, n := range among {
		if n == 0 {
			n = 2 // yes and no
		}
		t.want[o] = float32(t.want[o]*(1-by)) + by/float32(n)
	}
	return t
}

// trainer holds what one training run needs.
type trainer struct {
	Shape
	*net
	choices          [][2]int
	c                *corpus
	rng              *rand.Rand
	pass             *pass
	w, bias, hd, out *adam
	delta, moved     []float32 // what the vectors of words were moved by, and its squares
	steps, total     int
	mean             *mean

	local []int32 // unit: row of the batch, or -1
	batch []int32 // rows of the batch: unit
	a, da []float32
	rows  []float32
	keep  []float32
	dh    []float32
}

func newTrainer(c *corpus, s Shape, choices [][2]int) *trainer {
	t := &trainer{Shape: s, choices: choices, c: c, rng: rand.New(rand.NewPCG(s.Seed, 7))}
	t.net = newNet(c.dim, s.Filters, t.rng)
	t.pass = newPass(t.net)
	t.w, t.bias, t.hd, t.out = newAdam(t.net.w), newAdam(t.net.bias), newAdam(t.net.head), newAdam(t.net.out)
	t.delta, t.moved = make([]float32, len(c.vectors.word)), make([]float32, len(c.vectors.word))
	t.mean = newMean(t.net.w, t.net.bias, t.net.head, t.net.out, t.delta)
	t.local = make([]int32, len(c.units))
	for i := range t.local {
		t.local[i] = -1
	}
	t.keep, t.dh = make([]float32, t.pooled), make([]float32, t.pooled)
	return t
}

// train runs all epochs over the texts and leaves the mean of the weights of
// the last third (Polyak's averaging), which is as good as several networks.
func (t *trainer) train(texts []versions, targets []target, step func(done float64)) {
	order := make([]int, len(texts))
	for i := range order {
		order[i] = i
	}
	t.total = t.Epochs * ((len(order) + batchSize - 1) / batchSize)
	for range t.Epochs {
		t.rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for i := 0; i < len(order); i += batchSize {
			t.step(order[i:min(i+batchSize, len(order))], texts, targets)
			if t.steps > t.total*2/3 && t.steps%50 == 0 {
				t.mean.add()
			}
			step(float64(t.steps) / float64(t.total))
		}
	}
	t.mean.set()
}

func (t *trainer) step(ids []int, texts []versions, targets []target) {
	seqs := make([][]int32, len(ids))
	for k, id := range ids {
		version := 0
		if t.rng.Float64() < t.Recase {
			version = 1 + t.rng.IntN(len(texts[id])-1)
		}
		text := texts[id][version]
		seqs[k] = make([]int32, len(text))
		for i, u := range text {
			if t.rng.Float64() < t.WordDrop {
				u = t.c.bare[u]
			}
			seqs[k][i] = t.enter(u)
		}
	}
	t.project()
	if len(t.da) < len(t.a) {
		t.da = make([]float32, len(t.a)*5/4)
	}
	clear(t.da[:len(t.a)])
	for k, id := range ids {
		t.learn(seqs[k], &targets[id], float32(len(ids)))
	}
	t.steps++
	left := 1 - 0.9*float64(t.steps)/float64(t.total)
	for _, a := range []*adam{t.w, t.bias, t.hd, t.out} {
		a.step(rate*left, t.steps)
	}
	t.tune(float32(t.TuneRate * left))
	t.leave()
}

// enter gives a unit its row in the batch.
func (t *trainer) enter(u int32) int32 {
	if t.local[u] < 0 {
		t.local[u] = int32(len(t.batch))
		t.batch = append(t.batch, u)
		t.a = append(t.a, t.c.rows[int(u)*t.dim:int(u+1)*t.dim]...)
		if w := int(t.c.words[u]); w >= 0 {
			size := t.c.vectors.Size
			axpy(1, t.delta[w*size:(w+1)*size], t.a[len(t.a)-t.dim:len(t.a)-t.dim+size])
		}
	}
	return t.local[u]
}

func (t *trainer) leave() {
	for _, u := range t.batch {
		t.local[u] = -1
	}
	t.batch, t.a = t.batch[:0], t.a[:0]
}

// project answers every unit of the batch.
func (t *trainer) project() {
	rows := padded(len(t.batch), tileRows)
	for len(t.a) < rows*t.dim {
		t.a = append(t.a, make([]float32, t.dim)...)
	}
	if len(t.rows) < rows*t.columns {
		t.rows = make([]float32, rows*t.columns*5/4)
	}
	pack(t.packed, t.net.w, t.columns, t.dim)
	multiply(t.rows, t.a, t.packed, rows, t.dim, t.columns)
}

// learn adds the gradient of one text.
func (t *trainer) learn(words []int32, want *target, batch float32) {
	p := t.pass
	t.pool(p, t.rows, words)
	n := len(words) - 2 - beyond
	t.drop(n)
	t.answer(p, n, t.keep)
	g := t.gradient(&p.logs, want)
	clear(t.dh)
	for k, share := range network.Shares(n) {
		for o := range g {
			if d := float32(g[o]*share) / batch; d != 0 {
				at := k*outputs + o
				t.out.grad[at] += d
				axpy(d, p.h, t.hd.grad[at*t.pooled:(at+1)*t.pooled])
				axpy(d, t.head[at*t.pooled:(at+1)*t.pooled], t.dh)
			}
		}
	}
	for k, w := range widths {
		for j := range t.filters {
			i := k*t.filters + j
			if p.h[i] > 0 {
				t.bias.grad[i] += t.dh[i] * t.keep[i]
				t.back(words[p.at[i]:], t.column(k, 0)+j, w, t.dh[i]*t.keep[i])
			}
		}
	}
}

// back passes a gradient on to a filter and to the words that it looked at.
func (t *trainer) back(words []int32, column, width int, d float32) {
	for o := range width {
		c, r := (column+o*t.filters)*t.dim, int(words[o])*t.dim
		axpy(d, t.a[r:r+t.dim], t.w.grad[c:c+t.dim])
		axpy(d, t.net.w[c:c+t.dim], t.da[r:r+t.dim])
	}
}

// drop leaves out filters at random: more in a long text, where many answer.
func (t *trainer) drop(words int) {
	part := float32(t.ShortDrop) + float32(t.LongDrop-t.ShortDrop)*min(1, float32(words)/longText)
	for i := range t.keep {
		t.keep[i] = 0
		if t.rng.Float32() >= part {
			t.keep[i] = 1 / (1 - part)
		}
	}
}

// tune moves the vectors of the batch's words (AdaGrad: Duchi et al., JMLR
// 2011).
func (t *trainer) tune(rate float32) {
	size := t.c.vectors.Size
	for i, u := range t.batch {
		w := int(t.c.words[u])
		if w < 0 {
			continue
		}
		g, d, m := t.da[i*t.dim:i*t.dim+size], t.delta[w*size:(w+1)*size], t.moved[w*size:(w+1)*size]
		for j := range g {
			m[j] += float32(g[j] * g[j])
			d[j] -= float32(rate*g[j]) / (float32(math.Sqrt(float64(m[j]))) + 1e-4)
		}
	}
}

// gradient is by how much each output says too much.
func (t *trainer) gradient(logs *network.Answer, to *target) network.Answer {
	var g network.Answer
	for i, x := range logs {
		g[i] = sigmoid(x)
	}
	for _, c := range t.choices {
		softmax(logs[c[0]:c[1]], g[c[0]:])
	}
	for i := range g {
		g[i] = (g[i] - to.want[i]) * to.count[i]
	}
	return g
}

// predict answers texts, some at a time.
func (t *trainer) predict(texts [][]int32) []network.Answer {
	out := make([]network.Answer, len(texts))
	for i := 0; i < len(texts); i += batchSize {
		part := texts[i:min(i+batchSize, len(texts))]
		seqs := make([][]int32, len(part))
		for k, text := range part {
			seqs[k] = make([]int32, len(text))
			for j, u := range text {
				seqs[k][j] = t.enter(u)
			}
		}
		t.project()
		for k := range part {
			t.pool(t.pass, t.rows, seqs[k])
			t.answer(t.pass, len(seqs[k])-2-beyond, nil)
			out[i+k] = t.pass.logs
		}
		t.leave()
	}
	return out
}
