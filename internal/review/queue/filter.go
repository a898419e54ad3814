package queue

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"triage/internal/respond"
	"triage/internal/respond/board"
	"triage/internal/review/say"
)

// filter is what of the cases is listed: all of it is in the address, so that it can
// be bookmarked, and none of it is text.
type filter struct {
	board.Query
	// from and to are days, as the address has them; the last one is listed too.
	from, to string
	Page     int
}

const day = "2006-01-02"

// readFilter reads a filter from an address; what it does not know it ignores. Days
// are those of the place.
func readFilter(q url.Values, at *time.Location) filter {
	f := filter{Page: 1}
	f.Platform, f.Account, f.Assignee = q.Get("platform"), q.Get("account"), q.Get("assignee")
	if s := board.State(q.Get("state")); slices.Contains(board.States, s) {
		f.State = s
	}
	if lane := respond.Lane(q.Get("lane")); say.IsLane(lane) {
		f.Lane = lane
	}
	if from, err := time.ParseInLocation(day, q.Get("from"), at); err == nil {
		f.from, f.From = q.Get("from"), from
	}
	if to, err := time.ParseInLocation(day, q.Get("to"), at); err == nil {
		f.to, f.To = q.Get("to"), to.AddDate(0, 0, 1)
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 1 && n < 1e6 {
		f.Page = n
	}
	return f
}

// query is the filter as an address, with more on top of it.
func (f filter) query(more url.Values) url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"state": string(f.State), "lane": string(f.Lane), "platform": f.Platform,
		"account": f.Account, "assignee": f.Assignee, "from": f.from, "to": f.to} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name := range more {
		q.Set(name, more.Get(name))
	}
	return q
}

// href is the list's address at one of its pages.
func (f filter) href(page int) string {
	q := f.query(nil)
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return "/"
	}
	return "/?" + q.Encode()
}

// narrow reports whether only some of what is under the heading is listed.
func (f filter) narrow() bool { return f.Query != board.Query{State: f.State} }

// link is a filter that can be chosen.
type link struct {
	Text, Href string
	On         bool
}

// headings are the states, whatever else is chosen.
func (f filter) headings(w *say.Words) (out []link) {
	texts := map[board.State]string{board.Needs: w.Say("Needs you"), board.Going: w.Say("Going out"), board.Answered: w.Say("Answered"), board.Dismissed: w.Say("Dismissed")}
	for _, s := range board.States {
		to := f
		to.State = s
		out = append(out, link{texts[s], to.href(1), f.State == s})
	}
	return out
}

// choice is a field of the search, with what can be chosen in it.
type choice struct {
	// Name is its name in the address.
	Name, Label string
	Options     []option
}

type option struct {
	Value, Text string
	On          bool
}

func (c *choice) add(value, text, chosen string) {
	c.Options = append(c.Options, option{value, text, value == chosen})
}

// choices are by what there is to choose; where there is nothing else than all, that
// is left out.
func (f filter) choices(o board.Offered, me string, w *say.Words) []choice {
	lane := choice{Name: "lane", Label: w.Say("Lane")}
	lane.add("", w.Say("All"), string(f.Lane))
	for _, l := range respond.Lanes {
		if slices.Contains(o.Lanes, l) || f.Lane == l {
			lane.add(string(l), w.Lane(l), string(f.Lane))
		}
	}
	platform, account := choice{Name: "platform", Label: w.Say("Platform")}, choice{Name: "account", Label: w.Say("Account")}
	platform.add("", w.Say("All"), f.Platform)
	account.add("", w.Say("All"), f.Account)
	for _, p := range o.Platforms {
		platform.add(p, w.Platform(p), f.Platform)
		for _, a := range o.Accounts[p] {
			account.add(a, w.Platform(p)+" · "+a, f.Account)
		}
	}
	if len(account.Options) == len(platform.Options) {
		account.Options = nil // it would say the same
	}
	whose := choice{Name: "assignee", Label: w.Say("Assigned to")}
	whose.add("", w.Say("Anybody or nobody"), f.Assignee)
	whose.add(me, w.Say("Me"), f.Assignee)
	whose.add(board.Nobody, w.Say("Nobody"), f.Assignee)
	for _, who := range o.Assignees {
		if who != me {
			whose.add(who, who, f.Assignee)
		}
	}
	return slices.DeleteFunc([]choice{lane, platform, account, whose}, func(c choice) bool { return len(c.Options) < 3 })
}
