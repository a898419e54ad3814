package main

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"text/tabwriter"

	"triage/internal/classify"
)

// outcome is one text's labels and what was said of it.
type outcome struct {
	labelled
	said *classify.Judgement
}

// hits counts one answer: right ones, false alarms, misses.
type hits struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	Found     int     `json:"found"`
	False     int     `json:"false_alarms"`
	Missed    int     `json:"missed"`
}

// figures are the measurements of one set of texts.
type figures struct {
	Model    string          `json:"model,omitempty"`
	N        int             `json:"n"`
	Unjudged int             `json:"unjudged"`
	Levels   map[string]hits `json:"levels"`
	Macro    float64         `json:"macro_f1"`
	// Any counts possible and clear as one answer.
	Any        hits `json:"any"`
	Urgent     hits `json:"urgent"`
	Identifier hits `json:"identifier"`
	// PrecisionAt is the precision for clear at the score that finds this
	// share of them.
	PrecisionAt map[string]float64 `json:"clear_precision_at_recall"`
	// Calibration is the mean distance of the score from the share that is
	// clear, over ten bins.
	Calibration float64            `json:"calibration_error"`
	Languages   map[string]figures `json:"languages,omitempty"`
	Practice    *practiceFigures   `json:"practice,omitempty"`
}

func figuresByLanguage(model string, all []outcome) figures {
	f := figuresOf(all)
	f.Model = model
	by := map[string][]outcome{}
	for _, o := range all {
		by[o.Lang] = append(by[o.Lang], o)
	}
	f.Languages = map[string]figures{}
	for lang, part := range by {
		f.Languages[lang] = figuresOf(part)
	}
	return f
}

func figuresOf(all []outcome) figures {
	f := figures{N: len(all), Levels: map[string]hits{}}
	for _, o := range all {
		if !o.said.Judged {
			f.Unjudged++
		}
	}
	for l := classify.None; l <= classify.Clear; l++ {
		h := count(all, func(o outcome) (bool, bool) { return *o.Level == int(l), o.said.Level == l })
		f.Levels[l.String()] = h
		f.Macro += h.F1 / 3
	}
	f.Any = count(all, func(o outcome) (bool, bool) { return *o.Level > 0, o.said.Level > 0 })
	f.Urgent = count(all, func(o outcome) (bool, bool) { return o.labelled.Urgent == 1, o.said.Urgent })
	f.Identifier = count(all, func(o outcome) (bool, bool) { return o.labelled.Identifier == 1, o.said.Identifier })
	f.PrecisionAt = map[string]float64{"0.95": precisionAt(all, 0.95), "0.98": precisionAt(all, 0.98)}
	f.Calibration = calibration(all)
	return f
}

func count(all []outcome, f func(outcome) (is, said bool)) hits {
	var h hits
	for _, o := range all {
		switch is, said := f(o); {
		case is && said:
			h.Found++
		case said:
			h.False++
		case is:
			h.Missed++
		}
	}
	h.Precision = share(h.Found, h.Found+h.False)
	h.Recall = share(h.Found, h.Found+h.Missed)
	h.F1 = share(2*h.Found, 2*h.Found+h.False+h.Missed)
	return h
}

func share(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// precisionAt walks down the scores until the share of the clear is found;
// equal scores are taken together.
func precisionAt(all []outcome, recall float64) float64 {
	byScore := slices.Clone(all)
	slices.SortStableFunc(byScore, func(a, b outcome) int {
		switch {
		case a.said.Score > b.said.Score:
			return -1
		case a.said.Score < b.said.Score:
			return 1
		}
		return 0
	})
	total := count(all, func(o outcome) (bool, bool) { return *o.Level == 2, true }).Found
	found := 0
	for i, o := range byScore {
		if *o.Level == 2 {
			found++
		}
		last := i+1 == len(byScore) || byScore[i+1].said.Score < o.said.Score
		if last && total > 0 && float64(found) >= recall*float64(total) {
			return share(found, i+1)
		}
	}
	return 0
}

// calibration is the expected calibration error over ten bins of score.
func calibration(all []outcome) float64 {
	var n, clear [10]int
	var score [10]float64
	for _, o := range all {
		b := max(0, min(9, int(o.said.Score*10)))
		n[b]++
		score[b] += o.said.Score
		if *o.Level == 2 {
			clear[b]++
		}
	}
	sum := 0.0
	for b := range n {
		sum += math.Abs(score[b] - float64(clear[b]))
	}
	return sum / float64(len(all))
}

func printFigures(w io.Writer, f figures) error {
	fmt.Fprintf(w, "model %s\n", f.Model)
	printSet(w, "all", f)
	if len(f.Languages) > 1 {
		for _, lang := range slices.Sorted(maps.Keys(f.Languages)) {
			printSet(w, lang, f.Languages[lang])
		}
	}
	if f.Practice != nil {
		printPractice(w, f.Practice)
	}
	return nil
}

// printSet prints one set of texts as a table.
func printSet(w io.Writer, title string, f figures) {
	fmt.Fprintf(w, "\n%s: %d texts, %d not judged\n", title, f.N, f.Unjudged)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\tprecision\trecall\tF1\tfound\tfalse alarms\tmissed\t")
	for _, l := range []string{"none", "possible", "clear"} {
		printHits(t, l, f.Levels[l])
	}
	printHits(t, "possible or clear", f.Any)
	printHits(t, "urgent", f.Urgent)
	printHits(t, "identifier", f.Identifier)
	_ = t.Flush()
	fmt.Fprintf(w, "macro F1 %.3f; precision for clear at recall 0.95: %.3f, at 0.98: %.3f; calibration error %.3f\n",
		f.Macro, f.PrecisionAt["0.95"], f.PrecisionAt["0.98"], f.Calibration)
}

func printHits(w io.Writer, title string, h hits) {
	fmt.Fprintf(w, "%s\t%.3f\t%.3f\t%.3f\t%d\t%d\t%d\t\n", title, h.Precision, h.Recall, h.F1, h.Found, h.False, h.Missed)
}
