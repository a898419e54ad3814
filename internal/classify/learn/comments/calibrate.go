package comments

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"triage/internal/classify/outputs"
)

// urgentOdds are the log-odds from which on a text is urgent: low, since a miss
// is worse than a false alarm. Chosen on the development sets; the held-out
// training texts have too few that are urgent, and they are too easy.
const urgentOdds = -1.4

// read fits how answers are to be read to answers about unseen texts.
func read(as []answer) outputs.Reading {
	r := outputs.Reading{Catch: map[string]float64{}, Urgent: urgentOdds}
	r.Clear = platt(as)
	r.Possible = possible(as, r)
	for _, of := range []float64{90, 95, 98, 99, 99.5} {
		r.Catch[strconv.FormatFloat(of, 'f', -1, 64)] = catch(as, &r, of/100)
	}
	r.Identifier = best(as, outputs.ID, func(a *answer) bool { return a.ID })
	for k := range r.Kinds {
		r.Kinds[k] = best(as, outputs.Kinds+k, func(a *answer) bool { return a.Kinds[k] })
	}
	return r
}

// platt fits the probability of clear to the log-odds and the length by
// Newton's method (Platt 1999).
func platt(as []answer) [3]float64 {
	w := [3]float64{1, 0, 0}
	for range 30 {
		var g [3]float64
		var h [3][3]float64
		for i := range as {
			x := outputs.ClearInputs(&as[i].Answer, as[i].words)
			p := 1 / (1 + math.Exp(-(w[0]*x[0] + w[1]*x[1] + w[2]*x[2])))
			d := p - float64(one(as[i].Level == 2))
			for a := range 3 {
				g[a] += d * x[a]
				for b := range 3 {
					h[a][b] += p * (1 - p) * x[a] * x[b]
				}
			}
		}
		for a := range 3 {
			g[a] += 1e-3 * w[a]
			h[a][a] += 1e-3
		}
		s := solve(h, g)
		for a := range 3 {
			w[a] -= s[a]
		}
	}
	return w
}

// solve is Cramer's rule for three equations.
func solve(h [3][3]float64, g [3]float64) [3]float64 {
	det := func(m [3][3]float64) float64 {
		return m[0][0]*(m[1][1]*m[2][2]-m[1][2]*m[2][1]) - m[0][1]*(m[1][0]*m[2][2]-m[1][2]*m[2][0]) + m[0][2]*(m[1][0]*m[2][1]-m[1][1]*m[2][0])
	}
	d := det(h)
	var out [3]float64
	for c := range 3 {
		m := h
		for r := range 3 {
			m[r][c] = g[r]
		}
		out[c] = det(m) / d
	}
	return out
}

// possible chooses the offset by macro F1.
func possible(as []answer, r outputs.Reading) float64 {
	top, keep := -1.0, 0.0
	for r.Possible = -0.6; r.Possible <= 0.6; r.Possible += 0.05 {
		if f := macro(as, &r); f > top+1e-9 {
			top, keep = f, r.Possible
		}
	}
	return keep
}

func macro(as []answer, r *outputs.Reading) float64 {
	var n [3][3]float64
	for i := range as {
		n[as[i].Level][r.Level(&as[i].Answer, as[i].words)]++
	}
	sum := 0.0
	for l := range 3 {
		said, is := n[0][l]+n[1][l]+n[2][l], n[l][0]+n[l][1]+n[l][2]
		sum += 2 * n[l][l] / max(said+is, 1) / 3
	}
	return sum
}

// catch is the score at which the share of clear texts is found.
func catch(as []answer, r *outputs.Reading, share float64) float64 {
	var scores []float64
	for i := range as {
		if as[i].Level == 2 {
			scores = append(scores, r.Score(&as[i].Answer, as[i].words))
		}
	}
	if len(scores) == 0 {
		return 0
	}
	slices.Sort(scores)
	return scores[int(float64(len(scores))*(1-share))]
}

// best is the log-odds of an output with the best F1.
func best(as []answer, out int, is func(*answer) bool) float64 {
	sorted := make([]*answer, len(as))
	total := 0.0
	for i := range as {
		sorted[i] = &as[i]
		total += float64(one(is(&as[i])))
	}
	slices.SortStableFunc(sorted, func(a, b *answer) int { return cmp.Compare(b.Answer[out], a.Answer[out]) })
	top, at, hit := -1.0, 0.0, 0.0
	for i, a := range sorted {
		hit += float64(one(is(a)))
		if f := 2 * hit / (total + float64(i+1)); f > top {
			top, at = f, float64(a.Answer[out])
		}
	}
	return at
}
