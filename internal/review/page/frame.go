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
	Title, Practice, OnCall string
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
		if s.OnCall != nil {
			f.OnCall = s.OnCall()
		}
	}
	return f
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
