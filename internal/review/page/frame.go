package page

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"go.uber.org/zap"
)

// Frame is what is around every page.
type Frame struct {
	Title, Practice string
	// OnCall is who is on call until when; empty: there is no on-call. Nobody: nobody can
	// be called.
	OnCall string
	Nobody bool
	// Call is what calls somebody now; nil: nothing does.
	Call *Call
	// User is who is signed in; empty: nobody is.
	User, Role string
	// Manages: there is something for her to manage. Here is where she is, and Area
	// which part of the desk that is: queue, settings, people, account.
	Manages    bool
	Here, Area string
	Shadow     bool
	// Idle is after how many seconds without use she is signed out.
	Idle int
	// News is the address that the page asks for what is new, and Live the one that
	// tells it at once; empty: none.
	News, Live string
}

// Frame makes the frame of a page with a title in the reader's words.
func (s *Site) Frame(r *http.Request, title string) Frame {
	v := VisitOf(r)
	f := Frame{Title: title, Practice: s.Practice, Here: r.URL.Path, Area: areaOf(r.URL.Path)}
	if u := v.User; u.Name != "" { // a stranger learns nothing about the practice's staff and state
		f.User, f.Role, f.Shadow = u.Name, v.Words.Say(string(u.Role)), s.Shadow()
		f.Manages, f.Idle = manages(u.Role), int(s.Sessions.IdleTimeout.Seconds())
		if s.Duty != nil {
			d := s.Duty(v)
			f.OnCall, f.Nobody, f.Call = d.Line, d.Nobody, d.Call
		}
	}
	return f
}

// Duty is what every page says of on-call, in the reader's words.
type Duty struct {
	// Line is who is on call until when, such as "Dana until 18:00".
	Line string
	// Nobody: nobody can be called.
	Nobody bool
	// Call is what calls somebody now; nil: nothing does.
	Call *Call
}

// Call is something that calls somebody, and that nobody has said she is on.
type Call struct {
	// Say says who is called and why, and More how many more such there are.
	Say  string `json:"say"`
	More string `json:"more,omitempty"`
	// Alert names it in the form by which she says that she is on it.
	Alert string `json:"alert"`
	// All names all that call somebody, if there are several, and OnAll is what the button
	// says by which she is on all of them.
	All   []string `json:"all,omitempty"`
	OnAll string   `json:"on_all,omitempty"`
	// Link is the page of the desk that it is about; empty: none.
	Link string `json:"link,omitempty"`
	// May: the reader may say that she is on it.
	May bool `json:"may,omitempty"`
	// Unheard: nobody has been reached.
	Unheard bool `json:"unheard,omitempty"`
}

// Told is what an open page is told of it.
type Told struct {
	Call *Call `json:"call"`
	// Say is what became of what she did; empty: she did nothing.
	Say string `json:"say,omitempty"`
}

// News is what a page is told that only says that it is not as it was made any more.
type News struct {
	Say string `json:"say"`
}

// areaOf is the part of the desk that an address belongs to.
func areaOf(path string) string {
	switch first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/"); first {
	case "", "cases":
		return "queue"
	default:
		return first
	}
}

// TitleOf is a page's title as the browser shows it.
func (s *Site) TitleOf(title string) string {
	if s.Practice == "" {
		return title
	}
	return title + " · " + s.Practice
}

// Render writes a page in the reader's language, whole or not at all.
func (s *Site) Render(w http.ResponseWriter, r *http.Request, status int, name string, page any) error {
	var buf bytes.Buffer
	if err := s.look.pages[VisitOf(r).Words.Lang][name].Execute(&buf, page); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = buf.WriteTo(w) // a reader who left is no error
	return nil
}

// Answer writes a JSON answer.
func (s *Site) Answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		s.Log.Debug("an answer was not taken", zap.Error(err))
	}
}
