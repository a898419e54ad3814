package learn

import (
	"math"
	"math/rand/v2"

	"triage/internal/classify/network"
)

// offsets is the number of places in all windows together; beyond is how far
// the longest window looks past its first word.
const (
	offsets = 1 + 2 + 3 + 5
	beyond  = 5 - 1
	outputs = network.Outputs
	heads   = network.Heads
)

var widths = network.Widths

// net is a text CNN over fixed word inputs (Kim, EMNLP 2014): filters over
// windows of words, the greatest answer of each over the text, one linear
// layer.
type net struct {
	dim, filters int
	pooled       int       // filters times widths
	columns      int       // filters times offsets
	w            []float32 // columns x dim: a filter's answer to a word at an offset
	bias         []float32 // pooled
	head         []float32 // outputs x pooled, for short texts and then for long ones
	out          []float32 // outputs, twice too

	packed []float32 // w as multiply wants it
}

func newNet(dim, filters int, rng *rand.Rand) *net {
	n := &net{dim: dim, filters: filters, pooled: filters * len(widths), columns: filters * offsets}
	n.w = make([]float32, n.columns*dim)
	n.bias = make([]float32, n.pooled)
	n.head = make([]float32, heads*outputs*n.pooled)
	n.out = make([]float32, heads*outputs)
	n.packed = make([]float32, padded(n.columns, panel)*dim)
	col := 0
	for _, w := range widths {
		scale := 1 / math.Sqrt(float64(w*dim))
		for range w * filters * dim {
			n.w[col] = float32((2*rng.Float64() - 1) * scale)
			col++
		}
	}
	scale := 1 / math.Sqrt(float64(n.pooled))
	for i := range n.head {
		n.head[i] = float32((2*rng.Float64() - 1) * scale)
	}
	return n
}

// column is where the answers of the filters of a width at an offset begin.
func (n *net) column(width, offset int) int {
	at := offset
	for _, w := range widths[:width] {
		at += w
	}
	return at * n.filters
}

// pass is one text on its way through the network.
type pass struct {
	z    []float32 // pooled: the greatest answers
	at   []int32   // pooled: where they are
	h    []float32 // pooled: what the linear layer sees
	acc  []float32
	logs network.Answer
}

func newPass(n *net) *pass {
	return &pass{z: make([]float32, n.pooled), at: make([]int32, n.pooled), h: make([]float32, n.pooled), acc: make([]float32, n.filters)}
}

// pool takes the greatest answer of every filter over the text; rows are the
// answers to its words.
func (n *net) pool(p *pass, rows []float32, words []int32) {
	f := n.filters
	for k, w := range widths {
		z, at := p.z[k*f:(k+1)*f], p.at[k*f:(k+1)*f]
		for i := range z {
			z[i] = float32(math.Inf(-1))
		}
		base := n.column(k, 0)
		for i := range len(words) - beyond {
			acc := p.acc
			copy(acc, rows[int(words[i])*n.columns+base:])
			for o := 1; o < w; o++ {
				add(acc, rows[int(words[i+o])*n.columns+base+o*f:])
			}
			for j, x := range acc {
				if x > z[j] {
					z[j], at[j] = x, int32(i)
				}
			}
		}
	}
}

func add(acc, x []float32) {
	x = x[:len(acc)]
	for i := range acc {
		acc[i] += x[i]
	}
}

// answer computes the outputs for a text of so many words; keep says which
// filters take part, nil for all.
func (n *net) answer(p *pass, words int, keep []float32) {
	for i, z := range p.z {
		h := max(z+n.bias[i], 0)
		if keep != nil {
			h *= keep[i]
		}
		p.h[i] = h
	}
	clear(p.logs[:])
	for k, share := range network.Shares(words) {
		for o := k * outputs; share > 0 && o < (k+1)*outputs; o++ {
			p.logs[o-k*outputs] += float32(share * (n.out[o] + dot(p.h, n.head[o*n.pooled:(o+1)*n.pooled])))
		}
	}
}

func softmax(x, out []float32) {
	hi := x[0]
	for _, v := range x {
		hi = max(hi, v)
	}
	sum := float32(0)
	for i, v := range x {
		out[i] = float32(math.Exp(float64(v - hi)))
		sum += out[i]
	}
	for i := range x {
		out[i] /= sum
	}
}

func sigmoid(x float32) float32 { return float32(1 / (1 + math.Exp(-float64(x)))) }
