package nudge

import (
	"math"
	"math/rand/v2"
)

// penalty is what a weight costs: flat makes many of them zero, square keeps
// them small.
type penalty struct{ flat, square float64 }

// Rounds and step of the descent, chosen on texts.
const (
	rounds = 8
	step   = 0.15
)

// weight is one of them, learned by FTRL-proximal (McMahan et al., KDD 2013).
type weight struct{ w, z, n float64 }

// descend fits a logistic regression on the texts' ids. Even is what it says
// of an empty text.
func descend(texts []text, size int, p penalty) (weights []float64, even float64) {
	all := make([]weight, size)
	var bias weight
	random := rand.New(rand.NewPCG(1, 2))
	order := random.Perm(len(texts))
	for range rounds {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			t := &texts[i]
			sum := bias.w
			for _, id := range t.ids {
				sum += all[id].w
			}
			slope := 1 / (1 + math.Exp(-sum))
			if t.clear {
				slope--
			}
			bias.learn(slope, penalty{})
			for _, id := range t.ids {
				all[id].learn(slope, p)
			}
		}
	}
	weights = make([]float64, size)
	for i := range all {
		weights[i] = all[i].w
	}
	return weights, bias.w
}

func (w *weight) learn(slope float64, p penalty) {
	n := w.n + slope*slope
	w.z += slope - (math.Sqrt(n)-math.Sqrt(w.n))/step*w.w
	w.n = n
	if math.Abs(w.z) <= p.flat {
		w.w = 0
		return
	}
	w.w = (math.Copysign(p.flat, w.z) - w.z) / ((1+math.Sqrt(n))/step + p.square)
}
