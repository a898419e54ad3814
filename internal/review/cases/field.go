package cases

import (
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"triage/internal/ingest"
	"triage/internal/respond"
)

// textField is a text to be said, how it will look, and what the gate says about it.
type textField struct {
	Kind, Name, Text string
	measure
	Problems []problem
	Checked  bool
	// Form is the id of the form it is sent with, where that is not the one around it.
	Form string
	// Editing: it is to be written, or mended.
	Editing bool
	// Stops says which words keep it from being approved; empty: none do.
	Stops   string
	Preview *preview
}

// measure is how long a text is as its platform counts, of how much, and what is left;
// Limit and Left are empty where no limit is known.
type measure struct {
	Length string `json:"length"`
	Limit  string `json:"-"`
	Left   string `json:"left"`
	// Over: it is too long.
	Over bool `json:"over"`
}

// problem is one thing that may not be said, for people and for the page: a
// sentence around the words it is about.
type problem struct {
	Lead  string `json:"lead"`
	Words string `json:"words"`
	Rest  string `json:"rest"`
	// Start and End count as JavaScript does, in UTF-16.
	Start int `json:"start"`
	End   int `json:"end"`
	// Again: the same was said of the same words elsewhere.
	Again bool `json:"again"`
}

// writing is what a field is made with besides its text.
type writing struct {
	// author is whoever is answered, if her name is shown here.
	author string
	// lang is the language of what is suggested; empty: nothing is.
	lang     string
	caps     ingest.Capabilities
	problems map[ingest.ActionKind][]respond.Problem
}

// fieldNames are what the fields of texts are called in the form.
var fieldNames = map[ingest.ActionKind]string{ingest.Reply: "reply", ingest.Private: "private_text", respond.KindNote: "note"}

// field makes the field of a text.
func (v *reader) field(kind ingest.ActionKind, text string, is writing) *textField {
	found, asked := is.problems[kind]
	f := &textField{Kind: string(kind), Name: fieldNames[kind], Text: text, measure: v.measure(kind, text, is.caps),
		Checked: asked && len(found) == 0, Problems: v.inWords(text, found), Editing: text == "" || len(found) > 0}
	f.Stops = v.stops(kind, f.Problems, f.Over)
	if kind != respond.KindNote {
		f.Preview = v.preview(kind, text, is.author, is.caps)
		f.Preview.Lang = is.lang
	}
	return f
}

// measure counts a text as its platform does.
func (v *reader) measure(kind ingest.ActionKind, text string, caps ingest.Capabilities) measure {
	n, limit := caps.Count(kind, text)
	if kind == respond.KindNote {
		n, limit = utf8.RuneCountInString(text), respond.NoteMost
	}
	out := measure{Length: v.Words.Number(n)}
	if limit == 0 {
		return out
	}
	out.Limit, out.Left, out.Over = v.Words.Number(limit), v.Words.Say("%d left", limit-n), n > limit
	if out.Over {
		out.Left = v.Words.Say("%d too many", n-limit)
	}
	return out
}

// mostStops is how many of the words that stop a text are named beside the button.
const mostStops = 3

// stops says which words keep a text from being approved.
func (v *reader) stops(kind ingest.ActionKind, problems []problem, over bool) string {
	list := strings.Join(named(problems), ", ")
	switch {
	case len(problems) == 0:
		return ""
	case over && list == "":
		return v.Words.Say("It is too long.")
	case kind == ingest.Private && list == "":
		return v.Words.Say("The private message is stopped: see what is said under it.")
	case kind == ingest.Private:
		return v.Words.Say("The private message is stopped by %s.", list)
	case list == "":
		return v.Words.Say("The reply is stopped: see what is said under it.")
	}
	return v.Words.Say("The reply is stopped by %s.", list)
}

// named are the words that problems are about, those within others left out.
func named(problems []problem) []string {
	var words []string
	for i, p := range problems {
		within := func(o problem) bool { return o.Words != "" && o.Start <= p.Start && p.End <= o.End }
		if p.Words != "" && !p.Again && len(words) < mostStops && !slices.ContainsFunc(problems[:i], within) {
			words = append(words, "“"+p.Words+"”")
		}
	}
	return words
}

// inWords puts the gate's problems beside the words they are about. The gate
// writes *words* where its sentence names them.
func (v *reader) inWords(text string, problems []respond.Problem) []problem {
	out := []problem{}
	for i, g := range problems {
		if slices.ContainsFunc(problems[:i], func(o respond.Problem) bool { return o.Start == g.Start && o.End == g.End }) {
			continue // one sentence about the same words is enough
		}
		start := min(max(g.Start, 0), len(text))
		end := min(max(g.End, start), len(text))
		at := text[start:end]
		one := problem{Words: strings.TrimSpace(at), Start: units(text[:start]), End: units(text[:end])}
		why := v.Words.Whole(g.Why)
		lead, rest, named := strings.Cut(why, "*"+at+"*")
		switch {
		case one.Words == strings.TrimSpace(text) || utf8.RuneCountInString(one.Words) > 80:
			one.Words, one.Rest = "", why // it is about the whole
			if named {
				one.Rest = lead + v.Words.Say("this") + rest
			}
		case named:
			one.Lead, one.Rest = lead, rest
		default:
			one.Rest = " " + why
		}
		one.Again = slices.ContainsFunc(out, func(o problem) bool { return o.Words == one.Words && o.Lead == one.Lead && o.Rest == one.Rest })
		out = append(out, one)
	}
	return out
}

func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}
