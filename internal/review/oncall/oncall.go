// Package oncall is the page that says who is called now, what is wrong, who deals with
// it, and how the channels do; and the line about it on every other page. It shows and
// asks: who is called when is the roster's arithmetic, calling is the pager's.
package oncall

import (
	"cmp"
	"embed"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"triage/internal/alert"
	"triage/internal/alert/roster"
	"triage/internal/people"
	"triage/internal/review/page"
	"triage/internal/review/say"
)

// Files are the page's templates, styles and scripts.
//
//go:embed templates assets
var Files embed.FS

// Pages are the on-call page and what it does.
type Pages struct {
	*page.Site
	// Calls is what is known of the pager; nil: there is no such page.
	Calls *alert.Duty
	// Pace is how often people are told; the zero value of each is alert.Pace's default.
	Pace alert.Pace

	// turn lets one person at a time say that she is on it, or takes over, so that the
	// slower one is told. Of two in two processes the later one holds.
	turn sync.Mutex
	// tested is when a test was sent on a channel.
	tested map[string]time.Time
}

// Addresses of the page.
const (
	here    = "/on-call"
	perTest = time.Minute
)

// look is one look at how things stand, by the practice's clock and in the reader's words.
type look struct {
	*say.Words
	me    people.User
	now   time.Time
	duty  *alert.Duty
	pace  alert.Pace
	plan  *roster.Plan
	state map[string]alert.State
}

// look looks now, for whoever asks.
func (p *Pages) look(v page.Visit) *look {
	plan := p.Calls.Plan()
	l := &look{Words: v.Words, me: v.User, now: p.Now(), duty: p.Calls, pace: paceOr(p.Pace), plan: plan, state: map[string]alert.State{}}
	if plan.Zone != nil {
		l.now = l.now.In(plan.Zone)
	}
	for _, s := range p.Calls.States.All() {
		l.state[s.Channel] = s
	}
	return l
}

// paceOr fills in the defaults that the page goes by.
func paceOr(p alert.Pace) alert.Pace {
	return alert.Pace{Repeat: cmp.Or(p.Repeat, 10*time.Minute), Forgotten: cmp.Or(p.Forgotten, 30*time.Minute), Most: p.Most}
}

// onCallPage is everything on the page.
type onCallPage struct {
	page.Frame
	// Notice is what was not done and why; Done what was.
	Notice, Done string
	// Back is where she came from, beside what is said to her; empty: from here.
	Back string
	// Red says why nobody can be called, and Warn what is not as it should be.
	Red, Warn []string
	Zone      string
	On        []duty
	Steps     []step
	Quiet     string
	Team      string
	// Wrong are the troubles that call somebody, Rest those that do not.
	Wrong, Rest []trouble
	// All are the alerts that call somebody, if there are several: she can be on all.
	All   []string
	OnAll string
	Days  []day
	Taken []override
	Take  takeForm
	Ways  []way
	Lines []line
}

// Show shows the page.
func (p *Pages) Show(w http.ResponseWriter, r *http.Request) error {
	if p.Calls == nil {
		return page.ErrNowhere
	}
	l, asked := p.look(page.VisitOf(r)), r.URL.Query()
	out := onCallPage{Take: l.offer()}
	if asked.Has("back") {
		out.Back = back(asked.Get("back"))
	}
	switch done := asked.Get("done"); done {
	case "taken":
		out.Done = l.Say("It is taken over. The list says who is called when.")
	case "removed":
		out.Done = l.Say("It is given back. The list says who is called when.")
	case "on-it":
		out.Done = l.onIt()
	}
	return p.render(w, r, http.StatusOK, out)
}

func (p *Pages) render(w http.ResponseWriter, r *http.Request, status int, out onCallPage) error {
	v := page.VisitOf(r)
	l := p.look(v)
	out.Frame = p.Frame(r, v.Words.Say("On call"))
	out.Here = here
	out.News, out.Live = here+"/now?seen="+l.tag(), "/live?on-call="+l.tag()
	out.Zone = l.zone()
	l.danger(&out)
	l.who(&out)
	l.wrong(&out)
	l.calendar(&out)
	l.channels(&out)
	if test, ok := p.takeTest(r); ok {
		out.Done, out.Notice = l.tested(test)
	}
	return p.Render(w, r, status, "calls", out)
}

// mayAnswer reports whether somebody may say that she is on it: who may decide, and who
// is called herself, whatever her role: it rings at her.
func (l *look) mayAnswer() bool {
	return l.me.Role.May(people.Decide) || l.listed(l.me.Name)
}

// listed reports whether somebody can be called at all.
func (l *look) listed(name string) bool {
	return slices.ContainsFunc(l.plan.People, func(p roster.Person) bool { return p.Name == name })
}

func (l *look) arranges() bool { return l.me.Role.May(people.Configure) }

// clock is a time, in the past, as it is said.
func (l *look) clock(t time.Time) string { return l.Clock(t, l.now) }

// soon is a time to come as it is said; that of nothing is far away.
func (l *look) soon(t time.Time) string { return l.Coming(t, l.now) }

// zone names the clock that the page goes by.
func (l *look) zone() string {
	short := l.now.Format("MST")
	if name := l.now.Location().String(); name != "Local" && name != short {
		city := name[strings.LastIndex(name, "/")+1:]
		return strings.ReplaceAll(city, "_", " ") + " (" + short + ")"
	}
	return short
}

// names puts names into a row.
func (l *look) names(all []string) string {
	switch n := len(all); n {
	case 0:
		return l.Say("nobody")
	case 1:
		return all[0]
	default:
		return l.Say("%s and %s", strings.Join(all[:n-1], ", "), all[n-1])
	}
}

func namesOf(all []roster.Person) (out []string) {
	for _, p := range all {
		out = append(out, p.Name)
	}
	return out
}

// back is the page of the desk that a form says it stands on.
func back(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return "/"
	}
	to := page.Local(u.Path)
	if q := u.Query(); to == u.Path && len(q) > 0 {
		to += "?" + q.Encode()
	}
	return to
}
