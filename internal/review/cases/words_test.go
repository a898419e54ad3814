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
		"rita approved: public reply, private message and hiding the comment.": {By: "rita", Do: "approved", Note: "reply+private:recorded+hide:identifier"},
		"Private message: did not work.":                                       {By: respond.Machine, Do: "failed", Note: "private:551"},
		"Public reply: may have gone out after the backup.":                    {By: respond.Machine, Do: "restored", Note: "reply"},
		"The words were erased: their time was over.":                          {By: respond.Machine, Do: "erased", Note: respond.WhyRetention},
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
	field := &textField{Kind: "reply", Name: "reply", Text: "t", Limit: "8", Problems: []problem{{Lead: "l", Words: "w", Rest: "r"}}}
	for i, full := range []casePage{{}, {Frame: f, ID: "x", Loud: true, Window: "w", Notice: "n", Doubt: "d", Why: []string{"w"}, Yours: "y", CanHand: true, CanUndo: true,
		Said: said{CanReveal: true, Shown: true, Author: "a", Link: "https://a.example", Title: "t", Lang: "en", Pieces: []inert.Piece{{Text: "x", Why: []int{1}, Last: true, Sign: true}}, Notes: []string{"n"}},
		Done: []doneLine{{Kind: "k", Stands: "s", Verb: "Goes out", Text: "t", Note: "n", Seconds: 3}}, History: []historyLine{{What: "w"}}, Before: "b", After: "a",
		Form: &decideForm{Reply: field, Private: field, SendPrivate: true, Wordings: []string{"w"}, Hide: &hideField{true, "n", []reason{{"c", "w", true}}}}},
		{TakeDown: &takeDown{Online: "3 days", ByHand: true, MayLeave: true}}, {Form: &decideForm{}}, {Said: said{Shown: true, Gone: true, Own: true}}} {
		rec := httptest.NewRecorder()
		if err := site.Render(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/cases/x", nil), http.StatusOK, "case", full); err != nil {
			t.Errorf("page %d: %v", i, err)
		}
		if strings.Contains(rec.Body.String(), "%!") {
			t.Errorf("page %d: a sentence with a part too many or too few: %s", i, rec.Body)
		}
	}
}
