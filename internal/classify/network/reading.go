package network

import "math"

// ClearInputs are what the calibrated log-odds of the level clear are made of:
// the raw log-odds against both other levels, one, and the logarithm of the
// number of words.
func ClearInputs(a *Answer, words int) [3]float64 {
	none, possible, clear := float64(a[OutLevel]), float64(a[OutLevel+1]), float64(a[OutLevel+2])
	hi := max(none, possible)
	return [3]float64{clear - hi - math.Log(math.Exp(none-hi)+math.Exp(possible-hi)), 1, math.Log(float64(words + 1))}
}

// Score is the calibrated probability of the level clear.
func (r *Reading) Score(a *Answer, words int) float64 {
	x := ClearInputs(a, words)
	return 1 / (1 + math.Exp(-(r.Clear[0]*x[0] + r.Clear[1]*x[1] + r.Clear[2]*x[2])))
}

// Level is 2, clear, of a score of a half and more, and else the likelier of
// 0, none, and 1, possible.
func (r *Reading) Level(a *Answer, words int) int {
	switch {
	case r.Score(a, words) >= 0.5:
		return 2
	case float64(a[OutLevel+1]-a[OutLevel])+r.Possible > 0:
		return 1
	}
	return 0
}
