package outputs

import (
	"math"
	"testing"

	"triage/internal/classify/network"
)

func TestTheOutputsHaveRoom(t *testing.T) {
	if ID >= network.Outputs || Urgent-Kinds != len(Reading{}.Kinds) {
		t.Errorf("the last output is %d of %d, the kinds are %d", ID, network.Outputs, Urgent-Kinds)
	}
}

func TestLevels(t *testing.T) {
	r := Reading{Clear: [3]float64{2, -1, 0.5}, Possible: 0.3}
	for _, test := range []struct {
		none, possible, clear float32
		words                 int
		want                  int
	}{
		{2, 0, 0, 3, 0},
		{0.2, 0, -2, 3, 1}, // less likely than none, but for the offset
		{0.4, 0, -2, 3, 0},
		{0, 1, 2, 10, 2},
		{0, 0, 0.5, 0, 1},  // clear is likeliest, and not likely enough
		{0, 0, 0.5, 60, 2}, // but is in a long text
	} {
		var a network.Answer
		a[Level], a[Level+1], a[Level+2] = test.none, test.possible, test.clear
		if got := r.Level(&a, test.words); got != test.want {
			t.Errorf("%v: level %d with a score of %.3f", test, got, r.Score(&a, test.words))
		}
	}
	var even network.Answer // a third each: half as likely as both others
	want := 1 / (1 + math.Exp(2*math.Log(2)+1-0.5*math.Log(2)))
	if got := r.Score(&even, 1); math.Abs(got-want) > 1e-12 {
		t.Errorf("score %v, want %v", got, want)
	}
}
