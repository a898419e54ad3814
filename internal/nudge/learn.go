package nudge

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Example is a text to learn from, with its level by the labelling guideline:
// 0 tells nothing of anybody's health, 1 possibly something, 2 clearly something.
type Example struct {
	Text, Lang string
	Level      int
}

// Figures are what a list does with texts that it was not learned from.
type Figures struct {
	// Found is the share of clear disclosures that it finds; False the share of
	// harmless texts that it takes for one.
	Found, False float64
}

const (
	// seldom words, in fewer texts than this, are not learned.
	seldom = 8
	// most is how many words the list has at most: the script must stay small.
	most = 5000
	// scale is how many points one unit of the logarithm of the odds is.
	scale = 4
	// reach is the share of clear disclosures that the list is to find among
	// texts that it has not seen: beyond it, more and more harmless ones are held.
	reach = 0.75
	// heldOut of so many runs of texts one is not learned from when the points
	// that are wanted are chosen; runs, since texts are written in twins.
	heldOut, run = 5, 50
)

// Learn learns a list from examples, of which those of level 1 say nothing.
// Words that are written with a capital more often than not are names and stay
// out, unless known says that the word of the language is none. The same
// examples give the same list on one kind of processor.
func Learn(examples []Example, known func(lang, word string) bool) (*List, Figures, error) {
	names := namesIn(examples, known)
	var all, rest, held []text
	for i, e := range examples {
		if e.Level == 1 {
			continue
		}
		t := text{clear: e.Level == 2, features: features(names.out(e.Lang, sentences(plain(e.Text))))}
		all = append(all, t)
		if i/run%heldOut == 0 {
			held = append(held, t)
		} else {
			rest = append(rest, t)
		}
	}
	trial := learn(rest)
	clear, harmless := trial.scores(held)
	if len(clear) == 0 || len(harmless) == 0 || len(trial.Points) == 0 {
		return nil, Figures{}, errors.New("learn list: too few examples; some hundreds at least are wanted, clear ones and harmless ones")
	}
	l := learn(all)
	slices.Sort(clear)
	border := clear[int(float64(len(clear))*(1-reach))]
	l.Wanted += border - trial.Wanted
	return l, Figures{share(clear, border), share(harmless, border)}, nil
}

func share(scores []int, wanted int) float64 {
	n := 0
	for _, s := range scores {
		if s >= wanted {
			n++
		}
	}
	return float64(n) / float64(len(scores))
}

// text is an example, made ready.
type text struct {
	features []string
	clear    bool
	ids      []int32
}

// scores are the points of the clear texts and of the harmless ones.
func (l *List) scores(texts []text) (clear, harmless []int) {
	for _, t := range texts {
		if p := l.points(t.features); t.clear {
			clear = append(clear, p)
		} else {
			harmless = append(harmless, p)
		}
	}
	return clear, harmless
}

// learn learns points in two passes: which words matter, then how much each of
// those does. What is wanted is set for even odds.
func learn(texts []text) *List {
	words, counts := index(texts)
	weights, _ := descend(texts, len(words), penalty{flat: 1})
	order := make([]int32, 0, len(words))
	for i, w := range weights {
		if w != 0 {
			order = append(order, int32(i))
		}
	}
	value := func(i int32) float64 { return math.Abs(weights[i]) * math.Sqrt(float64(counts[i])) }
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(value(b), value(a)), cmp.Compare(words[a], words[b]))
	})
	kept := map[int32]bool{}
	for _, i := range order[:min(most, len(order))] {
		kept[i] = true
	}
	for i, t := range texts {
		texts[i].ids = slices.DeleteFunc(t.ids, func(id int32) bool { return !kept[id] })
	}
	weights, even := descend(texts, len(words), penalty{square: 3})
	l := &List{Points: map[string]int{}, Wanted: int(math.Round(-even * scale))}
	for i, w := range weights {
		if p := int(math.Round(w * scale)); p != 0 {
			l.Points[words[i]] = p
		}
	}
	return l
}

// index numbers the features that enough texts have.
func index(texts []text) (words []string, counts []int) {
	in := map[string]int{}
	for _, t := range texts {
		for _, f := range t.features {
			in[f]++
		}
	}
	ids := map[string]int32{}
	for i, t := range texts {
		texts[i].ids = nil
		for _, f := range t.features {
			if in[f] < seldom {
				continue
			}
			id, ok := ids[f]
			if !ok {
				id = int32(len(words))
				ids[f], words, counts = id, append(words, f), append(counts, in[f])
			}
			texts[i].ids = append(texts[i].ids, id)
		}
	}
	return words, counts
}

// names are the words of each language that are nothing else.
type names map[[2]string]bool

// namesIn finds them: a capital within a sentence tells, and small letters
// anywhere tell the contrary.
func namesIn(examples []Example, known func(lang, word string) bool) names {
	capitals := map[[2]string]int{}
	for _, e := range examples {
		begins := true
		for _, w := range strings.Fields(e.Text) {
			first, _ := utf8.DecodeRuneInString(strings.TrimLeft(w, "¿¡\"'«“(#@-"))
			for _, s := range sentences(plain(w)) {
				for i, part := range s {
					switch key := [2]string{e.Lang, part}; {
					case i > 0 || unicode.IsLower(first):
						capitals[key]--
					case unicode.IsUpper(first) && !begins && w != strings.ToUpper(w):
						capitals[key]++
					}
				}
			}
			begins = strings.ContainsAny(w[len(w)-1:], ".!?:")
		}
	}
	out := names{}
	for key, n := range capitals {
		if n > 0 && !known(key[0], key[1]) {
			out[key] = true
		}
	}
	return out
}

// out empties the names in sentences.
func (n names) out(lang string, sentences [][]string) [][]string {
	for _, words := range sentences {
		for i, w := range words {
			if n[[2]string{lang, w}] {
				words[i] = ""
			}
		}
	}
	return sentences
}
