package cases

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/classify"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review/inert"
	"triage/internal/review/page"
	"triage/internal/review/say"
)

// english is somebody who reads English.
var english = &reader{&Pages{Site: &page.Site{Now: time.Now}}, page.Visit{Words: say.In(say.English)}}

func TestDoubtIsSaid(t *testing.T) {
	for want, j := range map[string]classify.Judgement{
		"Probably about the author's own health (0.81).":                   {Judged: true, Level: classify.Clear, Score: 0.81, Subject: classify.Self},
		"Almost certainly about another person's health (0.99).":           {Judged: true, Level: classify.Clear, Score: 0.99, Subject: classify.Other},
		"Perhaps about somebody's health (0.50).":                          {Judged: true, Level: classify.Clear, Score: 0.5},
		"Care is alluded to; a clear medical detail is not likely (0.20).": {Judged: true, Level: classify.Possible, Score: 0.2},
		"Asks about care, without a medical detail.":                       {Judged: true, Ask: classify.AsksOwnCare},
		"": {Judged: true},
		"We cannot judge this language: please look.":                                                                    {WhyNot: classify.NotLanguage},
		"We cannot judge Tagalog: please look.":                                                                          {WhyNot: classify.NotLanguage, Lang: "tl"},
		"There is only a picture or a video, which we cannot judge: please look.":                                        {WhyNot: classify.NotMedia},
		"It is too long for us to judge as a whole: please look.":                                                        {WhyNot: classify.NotTruncated},
		"The terms of this platform do not let us judge comments. Nobody checks here whether it is urgent: please look.": {WhyNot: classify.NotMode},
	} {
		if got := english.doubt(j); got != want {
			t.Errorf("doubt = %q, want %q", got, want)
		}
	}
}

func TestHistoryInWords(t *testing.T) {
	for want, e := range map[string]respond.Entry{
		"rita approved: public reply, private message and hiding the comment. Hidden because it carries a phone number, address, full name or the like.": {By: "rita", Do: "approved", Note: "reply+private:recorded+hide:identifier"},
		"rita left a note.":                         {By: "rita", Do: respond.NoteLeft},
		"rita looks after it.":                      {By: "rita", Do: respond.Assigned, Note: "rita"},
		"rita gave it to otto.":                     {By: "rita", Do: respond.Assigned, Note: "otto"},
		"otto confirmed what ada proposed.":         {By: "otto", Do: respond.Confirmed, Note: "ada"},
		"otto declined what ada proposed.":          {By: "otto", Do: respond.Unproposed, Note: "ada"},
		"ada took the proposal back.":               {By: "ada", Do: respond.Unproposed, Note: "ada"},
		"ada said what it is: clear, urgent.":       {By: "ada", Do: respond.Labelled, Note: "clear+urgent"},
		"ada recorded what became of it: booked.":   {By: "ada", Do: respond.Outcomed, Note: respond.Booked},
		"Case opened: Clear disclosure.":            {By: respond.Machine, Do: "opened", Note: "clear"},
		"Hiding the comment: going out.":            {By: respond.Machine, Do: "sending", Note: "hide"},
		"Approved automatically: public reply.":     {By: respond.Machine, Do: respond.Automatic, Note: "reply"},
		"The comment was edited: Clear disclosure.": {By: respond.Machine, Do: "edited", Note: "clear"},
		"ada proposed what the check refuses. Our reply stays online, because the person agreed in writing to exactly this being said.": {By: "ada", Do: respond.Proposed, Note: "takedown:consent:x"},
		"Private message: did not work.":                    {By: respond.Machine, Do: "failed", Note: "private:551"},
		"Public reply: may have gone out after the backup.": {By: respond.Machine, Do: "restored", Note: "reply"},
		"The words were erased: their time was over.":       {By: respond.Machine, Do: "erased", Note: respond.WhyRetention},
	} {
		if got := english.did(e); got != want {
			t.Errorf("%+v: %q, want %q", e, got, want)
		}
	}
	if s := english.doubt(classify.Judgement{WhyNot: respond.NotHandled}); !strings.Contains(s, "on the platform") {
		t.Error(s)
	}
}

// Every template works with nothing in it and with everything.
func TestTemplatesEmptyAndFull(t *testing.T) {
	site := &page.Site{People: &people.People{}, Log: zap.NewNop(), Now: time.Now, Shadow: func() bool { return false }}
	if err := site.Open(page.Options{Files: []fs.FS{Files}}); err != nil {
		t.Fatal(err)
	}
	f := page.Frame{Title: "T", Practice: "P", OnCall: "O", User: "u", Role: "r", Shadow: true, News: "/news", Manages: true, Here: "/"}
	field := &textField{Kind: "reply", Name: "reply", Text: "t", measure: measure{"1", "8", "7 left", true}, Problems: []problem{{Lead: "l", Words: "w", Rest: "r"}},
		Stops: "s", Preview: &preview{"Facebook", "P", "@a", []piece{{"t", ""}, {"https://a.example", asLink}}, "en", "n"}}
	why := &overrideForm{Mark: "m", Reasons: []reason{{"c", "w", true}}, Note: "n", Only: true, Begun: true, Second: true}
	words := []inert.Piece{{Text: "x", Why: []int{1}, Last: true, Sign: true}}
	for i, full := range []casePage{{}, {Frame: f, ID: "x", Loud: true, Window: "w", Notice: "n", Doubt: "d", Why: []string{"w"}, Yours: []string{"y"}, CanHand: true,
		Others: "o", Bar: &bar{"x", "b", "s", "v %s", 3}, Thread: &thread{"a", "o", []sibling{{ID: "y"}}, "m"}, May: []mayLine{{"k", "a", true, "w"}}, Know: []string{"k"},
		Said: said{CanReveal: true, Shown: true, Author: "a", Link: "https://a.example", Title: "t", Lang: "en", Pieces: words, Notes: []string{"n"}},
		Done: []doneLine{{Kind: "k", Stands: "s", Verb: "Goes out", Text: "t", Reason: "r", Note: "n", Seconds: 3}}, History: []historyLine{{What: "w"}}, Before: "b", After: "a",
		Proposal: &proposalCard{By: "b", At: "a", What: "w", Why: "w", Reply: "r", Private: "p", Note: "n", Hide: "h", Confirm: true, Withdraw: true},
		Team:     team{Assignee: "a", Others: []string{"b"}, Notes: []noteLine{{"b", "w", words}, {}}, Write: &textField{Kind: "note", Name: "note"}, MayAssign: true},
		Form:     &decideForm{Reply: field, Private: field, SendPrivate: true, Wordings: []wording{{Text: "w", Lang: "en"}}, Hide: &hideField{true, "n", []reason{{"c", "w", true}}}, Override: why, AskOfficer: true}},
		{TakeDown: &takeDown{Online: "3 days", ByHand: true, MayLeave: true, Leave: why}, Team: team{Hidden: "2 notes", Mine: true, MayAssign: true}}, {Form: &decideForm{}}, {Said: said{Shown: true, Gone: true, Own: true}},
		{Label: &labelForm{Sample: true, Levels: []labelLevel{{"none", "n", false}}}, Proposal: &proposalCard{Withdraw: true, Covered: true, Mine: true}}} {
		rec := httptest.NewRecorder()
		if err := site.Render(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/cases/x", nil), http.StatusOK, "case", full); err != nil {
			t.Errorf("page %d: %v", i, err)
		}
		if strings.Contains(rec.Body.String(), "%!") {
			t.Errorf("page %d: a sentence with a part too many or too few: %s", i, rec.Body)
		}
	}
}

// A code that the page does not know would be shown as it is: here are all that are
// ever noted.
func TestEveryCodeOfAHistoryIsKnown(t *testing.T) {
	notes := map[string]string{"opened": "clear", "edited": "clear", "moved": "clear", "approved": "reply", respond.Automatic: "reply", "erased": respond.WhyAuthor,
		respond.Labelled: "none", respond.Outcomed: respond.Booked, respond.Overrode: "reply:consent:x", respond.Proposed: "reply:consent:x", respond.Assigned: "otto"}
	for _, s := range []respond.State{respond.Sending, respond.Sent, respond.Failed, respond.Manual, respond.Withdrawn, respond.Recorded} {
		notes[string(s)] = "reply"
	}
	for _, code := range []string{"found", "postponed", "restored"} {
		notes[code] = "private"
	}
	for _, code := range []string{respond.Revealed, "dismissed", "handled", "undone", "answered", "removed", "corrected", "back-online",
		respond.NoteLeft, respond.Confirmed, respond.Unproposed} {
		notes[code] = "otto"
	}
	spanish := &reader{english.Pages, page.Visit{Words: say.In(say.Spanish)}}
	for code, note := range notes {
		e := respond.Entry{By: "ada", Do: code, Note: note}
		raw := say.Sentence("ada: "+code+" "+note, "")
		en, es := english.did(e), spanish.did(e)
		if en == raw || en == es || strings.Contains(en, "%!") || strings.Contains(es, "%!") {
			t.Errorf("%s: %q, %q", code, en, es)
		}
	}
}
