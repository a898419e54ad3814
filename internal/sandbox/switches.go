package sandbox

import (
	"fmt"
	"net/http"
	"strings"

	"triage/internal/sandbox/board"
)

// postSwitch changes how a platform behaves, until the reset.
func (s *Server) postSwitch(w http.ResponseWriter, r *http.Request) {
	var to struct {
		Platform string `json:"platform"`
		Name     string `json:"name"`
		Value    string `json:"value"`
	}
	if !read(w, r, &to) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.checkSwitch(to.Platform, to.Name, to.Value); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	if err := s.board.Write(board.Record{Op: board.Setting, ID: to.Platform, Key: to.Name, Text: to.Value}); err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	say(w, http.StatusOK, map[string]bool{"ok": true})
}

func (s *Server) checkSwitch(platform, name, value string) error {
	p, err := s.platform(platform)
	if err != nil {
		return err
	}
	var names []string
	if switched, ok := p.(board.Switched); ok {
		for _, sw := range switched.Switches() {
			if sw.Name == name {
				return sw.Check(value)
			}
			names = append(names, sw.Name)
		}
	}
	if len(names) == 0 {
		return fmt.Errorf("%s has no switches", platform)
	}
	return fmt.Errorf("%s has no switch %q; it has: %s", platform, name, strings.Join(names, ", "))
}

// switches gives the values of all of them now.
func (s *Server) switches() map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, p := range s.platforms {
		if switched, ok := p.(board.Switched); ok {
			out[p.Name()] = s.board.Switches(p.Name(), switched)
		}
	}
	return out
}
