package main

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"triage/internal/alert"
)

//go:embed sweep_report.html
var sweepHTML string

//go:embed sweep_report.css
var sweepCSS string

// sweepPage is the page, with the tables of the other report.
var sweepPage = template.Must(template.Must(template.New("shared").Funcs(reportFuncs()).Parse(reportHTML)).New("sweep").Parse(sweepHTML))

func reportFuncs() template.FuncMap {
	return template.FuncMap{
		"n": grouped, "count": plural, "replies": replyCount, "next": func(i int) int { return i + 1 }, "sentence": sentence,
		"day": dayWord, "clock": func(t time.Time) string { return t.UTC().Format("15:04") },
		"css": func() template.CSS { return template.CSS(reportCSS + sweepCSS) }, // ours alone
	}
}

// sweepData is what the page's template shows.
type sweepData struct {
	sweepReport
	Lead, Todo, Sum string
	Facts           []fact
	Accounts        *table
	Cut             []sweptAccount
	Alone, Unread   int
	Replies         []shownReply
}

// shownReply is a reply in words.
type shownReply struct {
	sweptReply
	Title, Stands, Story, Seen string
	Proof                      *shownProof
}

// shownProof is a proof in words.
type shownProof struct {
	removalProof
	Said, Now string
}

// html is the page of the report that was made from this JSON.
func (r *sweepReport) html(from []byte) (string, error) {
	sum := sha256.Sum256(from)
	d := sweepData{sweepReport: *r, Sum: hex.EncodeToString(sum[:]), Accounts: r.accountTable(), Facts: r.facts(), Todo: r.todo()}
	for _, a := range r.Accounts {
		d.Alone, d.Unread = d.Alone+a.Alone, d.Unread+a.Unread
		if !a.Whole {
			d.Cut = append(d.Cut, a)
		}
	}
	d.Lead = r.lead()
	for _, reply := range r.Replies {
		d.Replies = append(d.Replies, r.shown(reply))
	}
	var out strings.Builder
	if err := sweepPage.Execute(&out, d); err != nil {
		return "", fmt.Errorf("write report: %w", err)
	}
	return out.String(), nil
}

func replyCount(n int) string {
	if n == 1 {
		return "1 reply"
	}
	return grouped(n) + " replies"
}

func (r *sweepReport) online() int { return r.count(replyOnline) + r.count(replyManual) }

func (r *sweepReport) lead() string {
	own := 0
	for _, a := range r.Accounts {
		own += a.Own
	}
	look, gone := r.count(replyLook), r.count(replyRemoved)+r.count(replyCorrected)
	n := len(r.Replies) - look
	said := fmt.Sprintf("%s of our own said too much.", replyCount(n))
	if n == 0 {
		said = "No reply of our own was found that says too much."
	}
	if own > 0 {
		said = fmt.Sprintf("We looked back over %s of our own. ", replyCount(own)) + said
	}
	if look > 0 {
		said += fmt.Sprintf(" %s could not be checked and must be looked at by a person.", replyCount(look))
	}
	switch {
	case n == 0:
		return said
	case gone == n:
		return said + " All that said too much are gone or corrected, with proof."
	case r.online() == 0:
		return said + fmt.Sprintf(" None is known to be online; %d gone or corrected with proof.", gone)
	}
	return said + fmt.Sprintf(" %d gone or corrected with proof, %d still online.", gone, r.online())
}

func (r *sweepReport) facts() []fact {
	all := []fact{
		{r.online(), "still online", "say too much where everybody reads it", r.online() > 0},
		{r.count(replyRemoved), "gone", "with proof", false},
		{r.count(replyCorrected), "corrected", "with proof", false},
		{r.count(replyUnproven), "without proof yet", "somebody removed them; not shown by the platform so far", false},
		{r.count(replyLook), "to look at", "in a language that the check cannot read", r.count(replyLook) > 0},
		{r.count(replyLeft), "left online", "by decision of the practice", false},
	}
	const always = 3 // what there is none of needs no place, but for these
	return append(all[:always:always], slices.DeleteFunc(all[always:], func(f fact) bool { return f.N == 0 })...)
}

func (r *sweepReport) todo() string {
	switch n := r.online(); {
	case n == 1:
		return "take it down or correct it, from its case below. Then make this report again: triage sweep status --report NAME"
	case n > 1:
		return "take them down or correct them, from their cases below. Then make this report again: triage sweep status --report NAME"
	case r.count(replyLook) > 0:
		return "look at what the check cannot read, from its case below, and take it down where it says too much."
	case r.count(replyUnproven) > 0:
		return "make this report again in a few minutes: triage sweep status --report NAME. What stays without proof, look at by hand."
	}
	return ""
}

func (r *sweepReport) accountTable() *table {
	t := &table{Caption: "Accounts", Head: []string{"Account", "Asked from", "Back to", "Comments", "Ours", "Said too much", "Read on"}, Wide: true}
	for _, a := range r.Accounts {
		name, since := placed(a.Name, a.Platform, a.Account), a.Since
		if since == "2000-01-01" {
			since = "the beginning"
		}
		t.row(name, nil, since, orDash(shortDay(a.Oldest)), grouped(a.Read), grouped(a.Own), grouped(a.Refused-a.Unread), shortDay(a.Ended))
	}
	return t
}

// shortDay is a day where there is little room; empty for none.
func shortDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 Jan 2006")
}

// placed says where: the platform, and the account where it has a name of its own.
func placed(name, platform, account string) string {
	name = cmp.Or(name, platform, account)
	if account != platform && account != name {
		name += " " + account
	}
	return name
}

// standsWords says how a reply stands.
var standsWords = map[string]string{
	replyOnline: "Still online.", replyManual: "Still online, or so it must be taken: for a person.", replyLook: "For a person to look at.", replyUnproven: "Without proof yet.",
	replyRemoved: "Gone.", replyCorrected: "Corrected.", replyLeft: "Left online.", replyErased: "Erased from our records.",
}

func (r *sweepReport) shown(in sweptReply) shownReply {
	out := shownReply{sweptReply: in, Title: placed(in.Name, in.Platform, in.Account), Stands: standsWords[in.State], Story: r.story(in)}
	if !in.Published.IsZero() {
		out.Title += ", published on " + dayWord(in.Published)
	}
	if in.Seen != nil && in.Seen.At != nil {
		out.Seen = dayWord(*in.Seen.At) + ", " + in.Seen.At.UTC().Format("15:04") + " UTC"
	}
	if p := in.Proof; p != nil {
		answer := strings.ReplaceAll(p.Answer, "-", " ")
		out.Proof = &shownProof{*p, "code " + answer + ": not there any more", "none"}
		if in.State == replyCorrected {
			out.Proof.Said, out.Proof.Now = "code "+answer+": other words, which pass the rules", p.After
		}
	}
	return out
}

// story says what happened.
func (r *sweepReport) story(in sweptReply) string {
	found := "Found on " + dayWord(in.Found) + "."
	if in.Removal == nil {
		if in.State == replyOnline || in.State == replyManual || in.State == replyLook {
			since := in.Published
			if since.IsZero() {
				since = in.Found
			}
			return "Online for " + alert.Age(r.Made.Sub(since)) + ". " + found
		}
		return found
	}
	at := ""
	if !in.Removal.At.IsZero() {
		at = " on " + dayWord(in.Removal.At) + ", " + in.Removal.At.UTC().Format("15:04") + " UTC"
	}
	switch in.Removal.How {
	case "here":
		return found + " " + in.Removal.By + " had it deleted from here" + at + "."
	case "left":
		return found + " " + in.Removal.By + " decided" + at + " to leave it online."
	case "by-hand":
		return found + " " + in.Removal.By + " said" + at + " that it was done by hand."
	}
	done := "Removed"
	if in.State == replyCorrected {
		done = "Corrected"
	}
	return found + " " + done + " on the platform itself, which does not tell by whom; noticed" + at + "."
}
