package office

import (
	"net/url"
	"slices"
	"strings"

	"triage/internal/classify"
	"triage/internal/respond"
	"triage/internal/review/say"
)

// mark stands between the entries of a list.
const mark = ";"

// entries are those of a stored list.
func entries(value string) []string {
	var out []string
	for _, e := range strings.Split(value, mark) {
		if e = strings.TrimSpace(e); e != "" {
			out = append(out, e)
		}
	}
	return out
}

func joined(list []string) string { return strings.Join(list, mark+" ") }

// tellMost is how many letters of a list are told in a line.
const tellMost = 120

// tellList says the entries of a list, or how many there are.
func tellList(w *say.Words, list []string, none string) string {
	all := strings.Join(list, ", ")
	switch {
	case len(list) == 0:
		return w.Say(none)
	case len(all) > tellMost:
		return w.Count(len(list), "%d entry")
	}
	return all
}

// lines is a list with one entry a line.
type lines struct{ hint string }

func (lines) typed(value string) url.Values {
	return url.Values{"value": {strings.Join(entries(value), "\n")}}
}

func (lines) text(typed url.Values) (string, string) {
	value := strings.NewReplacer("\r", "", "\n", mark).Replace(typed.Get("value"))
	return joined(entries(value)), ""
}

func (lines) tell(w *say.Words, value string) string { return tellList(w, entries(value), "None") }

func (l lines) fields(w *say.Words, typed url.Values) []field {
	return []field{{Kind: "lines", Name: "value", Label: w.Say("One a line"), Hint: w.Say(l.hint), Value: typed.Get("value")}}
}

// ticks are lanes that are chosen.
type ticks struct {
	lanes []respond.Lane
	none  string
}

func (ticks) typed(value string) url.Values { return url.Values{"value": entries(value)} }

func (t ticks) text(typed url.Values) (string, string) {
	var list []string
	for _, lane := range t.lanes {
		if slices.Contains(typed["value"], string(lane)) {
			list = append(list, string(lane))
		}
	}
	return joined(list), ""
}

func (t ticks) tell(w *say.Words, value string) string {
	var list []string
	for _, lane := range entries(value) {
		list = append(list, w.Lane(respond.Lane(lane)))
	}
	return tellList(w, list, t.none)
}

func (t ticks) fields(w *say.Words, typed url.Values) []field {
	out := field{Kind: "tick", Name: "value"}
	for _, lane := range t.lanes {
		out.Options = append(out.Options, option{Value: string(lane), Label: w.Lane(lane), On: slices.Contains(typed["value"], string(lane))})
	}
	return []field{out}
}

// louder is how loudly each lane calls people.
type louder struct{}

// loudnesses are those that a lane may be raised to, and their words.
var (
	loudnesses = []respond.Loudness{respond.Digest, respond.Hourly, respond.Tells, respond.Pages}
	calls      = map[respond.Loudness]string{
		respond.Silent: "Calls nobody", respond.Digest: "In the daily summary", respond.Hourly: "Once an hour at most",
		respond.Tells: "At once, within quiet hours", respond.Pages: "At once, also at night, until somebody comes",
	}
)

// raised are the lanes that are louder than by themselves.
func raised(value string) map[respond.Lane]respond.Loudness {
	out := map[respond.Lane]respond.Loudness{}
	for _, e := range entries(value) {
		lane, to, _ := strings.Cut(e, " ")
		out[respond.Lane(lane)] = respond.Loudness(strings.TrimSpace(to))
	}
	return out
}

func (louder) typed(value string) url.Values {
	out := url.Values{}
	for lane, to := range raised(value) {
		out.Set("lane-"+string(lane), string(to))
	}
	return out
}

func (louder) text(typed url.Values) (string, string) {
	var list []string
	for _, lane := range respond.Lanes {
		if to := typed.Get("lane-" + string(lane)); to != "" {
			list = append(list, string(lane)+" "+to)
		}
	}
	return joined(list), ""
}

func (louder) tell(w *say.Words, value string) string {
	to := raised(value)
	var list []string
	for _, lane := range respond.Lanes {
		if loud, is := to[lane]; is {
			list = append(list, w.Say("%s: %s", w.Lane(lane), say.Lower(w.Say(calls[loud]))))
		}
	}
	return tellList(w, list, "Each as it is by itself")
}

func (louder) fields(w *say.Words, typed url.Values) []field {
	var out []field
	for _, lane := range respond.Lanes {
		own := respond.Plans[lane].Loudness
		f := field{Kind: "select", Name: "lane-" + string(lane), Label: w.Lane(lane),
			Options: []option{{Label: w.Say("As it is by itself: %s", say.Lower(w.Say(calls[own])))}}}
		for _, to := range loudnesses {
			if to != own && to != respond.Digest && lane.Raises(to) {
				f.Options = append(f.Options, option{Value: string(to), Label: w.Say(calls[to]), On: typed.Get(f.Name) == string(to)})
			}
		}
		if len(f.Options) > 1 {
			out = append(out, f)
		}
	}
	return out
}

// terms are medical words, each with its language and what it tells.
type terms struct{}

// kinds are what a word can tell, and languages whose it can be.
var (
	kinds = []option{
		{Value: string(classify.Condition), Label: "Illness"}, {Value: string(classify.Symptom), Label: "Symptom"},
		{Value: string(classify.Procedure), Label: "Treatment or operation"}, {Value: string(classify.Medication), Label: "Medicine"},
		{Value: string(classify.TestResult), Label: "Test or result"}, {Value: string(classify.Reproductive), Label: "Pregnancy and the like"},
		{Value: string(classify.MentalHealth), Label: "Mental health"}, {Value: string(classify.SubstanceUse), Label: "Drugs and alcohol"},
	}
	languages = []option{{Value: "en", Label: "English"}, {Value: "es", Label: "Spanish"}, {Value: "fr", Label: "French"}}
)

func (terms) typed(value string) url.Values {
	out := url.Values{}
	for _, e := range entries(value) {
		f := strings.Fields(e)
		for len(f) < 3 {
			f = append(f, "")
		}
		out["lang"], out["kind"], out["words"] = append(out["lang"], f[0]), append(out["kind"], f[1]), append(out["words"], strings.Join(f[2:], " "))
	}
	return out
}

func (terms) text(typed url.Values) (string, string) {
	langs, kinds := typed["lang"], typed["kind"]
	var list []string
	for i, words := range typed["words"] {
		if words = strings.Join(strings.Fields(words), " "); words == "" || i >= len(langs) || i >= len(kinds) {
			continue // an empty row takes its word away
		}
		if strings.Contains(words, mark) {
			return "", "Write one word or expression in each row, without a semicolon."
		}
		list = append(list, langs[i]+" "+kinds[i]+" "+words)
	}
	return joined(list), ""
}

func (terms) tell(w *say.Words, value string) string {
	var list []string
	for _, words := range (terms{}).typed(value)["words"] {
		list = append(list, words)
	}
	return tellList(w, list, "None")
}

// spare is how many empty rows there are for further words.
const spare = 3

func (terms) fields(w *say.Words, typed url.Values) []field {
	var out []field
	at := func(list []string, i int) string {
		if i < len(list) {
			return list[i]
		}
		return ""
	}
	for i := range len(typed["words"]) + spare {
		out = append(out, field{Kind: "row", Row: []field{
			{Kind: "line", Name: "words", Label: w.Say("Word"), Value: at(typed["words"], i)},
			{Kind: "select", Name: "kind", Label: w.Say("What it tells"), Options: chosen(w, kinds, at(typed["kind"], i))},
			{Kind: "select", Name: "lang", Label: w.Say("Language"), Options: chosen(w, languages, at(typed["lang"], i))},
		}})
	}
	return out
}

// chosen are options in the reader's words, one of them chosen.
func chosen(w *say.Words, all []option, value string) []option {
	out := slices.Clone(all)
	for i := range out {
		out[i].Label, out[i].On = w.Say(out[i].Label), out[i].Value == value
	}
	return out
}
