package main

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"triage/internal/store"
)

// practiceFigures are what a practice's own labels tell (triage queue
// export-labels): how often its flags were right, and from the random sample of
// what was not flagged, how much is missed.
type practiceFigures struct {
	Decided int `json:"decided"`
	Sampled int `json:"sampled"`
	// Precision is how many of what was flagged so people agreed with.
	Precision map[string]estimate `json:"precision"`
	// Missed is how many of the comments that were not flagged should have been.
	Missed map[string]estimate `json:"missed"`
	// Recall is how many of all that should have been flagged were.
	Recall map[string]estimate `json:"recall"`
	Method string              `json:"method"`
}

// estimate is a share with its interval of 95 %.
type estimate struct {
	Share float64 `json:"share"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Of    int     `json:"of"`
	// TooFew: the interval is so wide that it tells little.
	TooFew bool `json:"too_few,omitempty"`
}

// method says how the intervals come about.
const method = "Intervals are Wilson's, of 95 %, with the effective number where weights differ. Recall joins what was flagged and what was sampled " +
	"by their numbers, in the weeks whose sample was looked at; its interval takes each of the two at 97.5 %, so that both hold in 95 of 100 cases."

// The quantiles of two-sided intervals of 95 and of 97.5 %.
const z95, z975 = 1.959964, 2.241403

// How wide an interval may be and still tell something.
const wide, wideMissed = 0.2, 0.1

// The answers that are asked for, by the level from which on a label is one.
var asked = []struct {
	name string
	from int
}{{"possible or clear", 1}, {"clear", 2}}

// group is labels of which each stands for so many comments.
type group struct {
	n                 int
	yes, all, squares float64
}

func (g *group) add(weight float64, is bool) {
	g.n++
	g.all += weight
	g.squares += weight * weight
	if is {
		g.yes += weight
	}
}

// share is how many of the group are so; of none, none.
func (g group) share() float64 { return g.yes / max(g.all, math.SmallestNonzeroFloat64) }

// interval is Wilson's, for the number of equal labels that would be as sure.
func (g group) interval(z float64) (low, high float64) {
	if g.n == 0 {
		return 0, 1
	}
	n, p := g.all*g.all/g.squares, g.share()
	mid, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(0, (mid-half)/(1+z*z/n)), min(1, (mid+half)/(1+z*z/n))
}

func (g group) estimate(wide float64) estimate {
	low, high := g.interval(z95)
	return estimate{Share: g.share(), Low: low, High: high, Of: g.n, TooFew: high-low > wide}
}

// recall joins the flagged and those that were not.
func recall(flagged, not group) estimate {
	e := estimate{High: 1, Of: flagged.n + not.n}
	if flagged.yes+not.yes > 0 {
		e.Share = flagged.yes / (flagged.yes + not.yes)
	}
	foundLow, foundHigh := flagged.interval(z975)
	missedLow, missedHigh := not.interval(z975)
	if flagged.n > 0 && not.n > 0 {
		e.Low = foundLow * flagged.all / (foundLow*flagged.all + missedHigh*not.all)
		e.High = foundHigh * flagged.all / (foundHigh*flagged.all + missedLow*not.all)
	}
	e.TooFew = e.High-e.Low > wide
	return e
}

// practiceOf makes the figures of those texts whose labels say where they come
// from; nil: none does.
func practiceOf(all []outcome) *practiceFigures {
	f := &practiceFigures{Precision: map[string]estimate{}, Missed: map[string]estimate{}, Recall: map[string]estimate{}, Method: method}
	for _, o := range all {
		switch o.From {
		case store.FromDecision:
			f.Decided++
		case store.FromSample:
			f.Sampled++
		}
	}
	if f.Decided+f.Sampled == 0 {
		return nil
	}
	for _, a := range asked {
		is := func(l labelled) bool { return *l.Level >= a.from }
		f.Precision[a.name] = agreed(all, func(v store.SaidByModel) bool { return int(v.Level) >= a.from }, is)
		var flagged, not group
		for _, o := range all {
			switch {
			case o.Weight <= 0:
			case o.From == store.FromSample:
				not.add(o.Weight, is(o.labelled))
			case o.From == store.FromDecision:
				flagged.add(o.Weight, is(o.labelled))
			}
		}
		f.Missed[a.name], f.Recall[a.name] = not.estimate(wideMissed), recall(flagged, not)
	}
	f.Precision["urgent"] = agreed(all, func(v store.SaidByModel) bool { return v.Urgent }, func(l labelled) bool { return l.Urgent == 1 })
	f.Precision["identifier"] = agreed(all, func(v store.SaidByModel) bool { return v.Identifier }, func(l labelled) bool { return l.Identifier == 1 })
	return f
}

// agreed is how many of what was said to be so people said to be so.
func agreed(all []outcome, said func(store.SaidByModel) bool, is func(labelled) bool) estimate {
	var g group
	for _, o := range all {
		if o.From == store.FromDecision && o.Verdict.Judged && said(o.Verdict) {
			g.add(1, is(o.labelled))
		}
	}
	return g.estimate(wide)
}

func printPractice(w io.Writer, f *practiceFigures) {
	fmt.Fprintf(w, "\nthe practice's own: %d decisions, %d of the weekly sample\n", f.Decided, f.Sampled)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\tof 100\t95 % interval\tlabels\t\t")
	for _, name := range []string{"possible or clear", "clear", "urgent", "identifier"} {
		printEstimate(t, "said "+name+", and right", f.Precision[name])
	}
	for _, a := range asked {
		printEstimate(t, "not flagged, though "+a.name, f.Missed[a.name])
	}
	for _, a := range asked {
		printEstimate(t, "of all "+a.name+", flagged", f.Recall[a.name])
	}
	_ = t.Flush()
	fmt.Fprintln(w, f.Method)
}

func printEstimate(w io.Writer, title string, e estimate) {
	note := ""
	if e.TooFew {
		note = "too few to tell"
	}
	fmt.Fprintf(w, "%s\t%.1f\t%.1f to %.1f\t%d\t%s\t\n", title, 100*e.Share, 100*e.Low, 100*e.High, e.Of, note)
}
