// Package outputs says what the outputs of the network that judges comments
// mean: who trains it and who asks it must agree.
package outputs

import (
	"math"

	"triage/internal/classify/network"
)

// Outputs of the network, by their first place.
const (
	Level   = 0           // none, possible, clear
	Subject = Level + 3   // self, family, other, none
	Kinds   = Subject + 4 // in the order of the labelling guideline
	Urgent  = Kinds + 9
	ID      = Urgent + 1
)

// Reading is what was fitted to answers about texts that the network had not
// seen; its file carries it.
type Reading struct {
	// Clear makes the calibrated log-odds of the level clear: of the raw ones,
	// of a constant, and of the logarithm of the number of words.
	Clear [3]float64 `json:"clear"`
	// Possible is added to the log-odds of possible against none.
	Possible float64 `json:"possible"`
	// Catch are calibrated scores at which so many of a hundred clear texts are
	// found.
	Catch map[string]float64 `json:"catch"`
	// Urgent, Identifier and Kinds are log-odds from which on the answer is yes.
	Urgent     float64    `json:"urgent"`
	Identifier float64    `json:"identifier"`
	Kinds      [9]float64 `json:"kinds"`
}

// ClearInputs are what the calibrated log-odds of the level clear are made of:
// the raw log-odds against both other levels, one, and the logarithm of the
// number of words.
func ClearInputs(a *network.Answer, words int) [3]float64 {
	none, possible, clear := float64(a[Level]), float64(a[Level+1]), float64(a[Level+2])
	hi := max(none, possible)
	return [3]float64{clear - hi - math.Log(math.Exp(none-hi)+math.Exp(possible-hi)), 1, math.Log(float64(words + 1))}
}

// Score is the calibrated probability of the level clear.
func (r *Reading) Score(a *network.Answer, words int) float64 {
	x := ClearInputs(a, words)
	return 1 / (1 + math.Exp(-(r.Clear[0]*x[0] + r.Clear[1]*x[1] + r.Clear[2]*x[2])))
}

// Level is 2, clear, of a score of a half and more, and else the likelier of
// 0, none, and 1, possible.
func (r *Reading) Level(a *network.Answer, words int) int {
	switch {
	case r.Score(a, words) >= 0.5:
		return 2
	case float64(a[Level+1]-a[Level])+r.Possible > 0:
		return 1
	}
	return 0
}
