package learn

// Shape is how a network is trained. What may be left 0 is then as it was
// chosen for comments, on texts held out of the training sets; less than 0 is
// none of it.
type Shape struct {
	Filters int // of each width, a multiple of 32
	Epochs  int
	Seed    uint64

	WordDrop  float64 // of the words are left out, their tags kept; or 0
	ShortDrop float64 // of the filters are left out in a text of no words; or 0
	LongDrop  float64 // and in one of sixty; or 0
	TuneRate  float64 // the first step for the vectors of words; or 0
	Recase    float64 // of the texts are read as if their capitals were others; or 0
	// Smoothing is how much of what is wanted of an output is spread evenly:
	// over a choice, or over yes and no. 0: what is wanted is taken as it is.
	Smoothing float64
}

const (
	wordDrop  = 0.15
	shortDrop = 0.1
	longDrop  = 0.5
	tuneRate  = 2e-2
	recase    = 0.15
)

// What the training does that nobody has wanted otherwise.
const (
	batchSize = 64
	rate      = 1e-3
	longText  = 60
)

// filled is the shape with nothing left open.
func (s Shape) filled() Shape {
	for _, open := range []struct {
		value *float64
		usual float64
	}{{&s.WordDrop, wordDrop}, {&s.ShortDrop, shortDrop}, {&s.LongDrop, longDrop}, {&s.TuneRate, tuneRate}, {&s.Recase, recase}} {
		if *open.value == 0 {
			*open.value = open.usual
		}
		*open.value = max(*open.value, 0)
	}
	return s
}
