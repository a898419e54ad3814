package wptest

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

func TestSite(t *testing.T) {
	var s *Site
	t.Run("while it runs", func(t *testing.T) {
		s = Start(t)
		if s.Version == "" || s.User == "" || s.UserID == "" || s.Password == "" {
			t.Fatalf("%+v", s)
		}
		post := s.AddPost(t, Post{Title: `O'Brien's "clinic" \ more`})
		made := time.Date(2026, 9, 1, 10, 22, 31, 0, time.UTC)
		id := s.AddComments(t, Comment{Post: post, Text: `a <b>'b'</b> \n`, IP: "203.0.113.9", Created: made})[0]
		if c := s.Stored(t, id); c.Text != `a <b>'b'</b> \n` || c.IP != "203.0.113.9" || !c.Created.Equal(made) || c.Status != "1" {
			t.Errorf("stored %+v", c)
		}
		id = s.Write(t, Comment{Post: post, Parent: id, Text: "Kate & I", Author: "Kate", Email: "k@example.test"})
		if c := s.Stored(t, id); c.Text != "Kate &amp; I" || c.Author != "Kate" || c.Parent == "0" {
			t.Errorf("written %+v", c)
		}
		if c := s.Stored(t, "999"); c != nil {
			t.Errorf("there is %+v", c)
		}
		me := func(user, password string) int {
			t.Helper()
			req, _ := http.NewRequest(http.MethodGet, s.URL+"/wp-json/wp/v2/users/me", nil)
			req.SetBasicAuth(user, password)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			return resp.StatusCode
		}
		_, password := s.AddUser(t, "kim", "author")
		if a, b, c := me(s.User, s.Password), me("kim", password), me("kim", "wrong"); a != 200 || b != 200 || c != 401 {
			t.Errorf("the editor is answered %d, an author %d, a wrong password %d", a, b, c)
		}
		// What a test asks for is run for nobody else.
		resp, err := http.Post(s.URL+"/_wptest", "application/json", strings.NewReader(`{"code":"return 1;"}`))
		if err != nil || resp.StatusCode != http.StatusNotFound || Run[int](t, s, "return 1 + $a[0];", 2) != 3 {
			t.Errorf("%v, %v", resp, err)
		}
		_ = resp.Body.Close()
		t.Run("changed", func(t *testing.T) {
			s.Set(t, "blogname", "Another")
			s.Plugin(t, `add_filter( 'the_title', function () { return 'from a plugin'; } );`)
			if got := s.page(t, post); !strings.Contains(got, "<title>Another") || !strings.Contains(got, "from a plugin") {
				t.Error("the changes do not show")
			}
		})
		t.Run("maintained", func(t *testing.T) {
			s.Maintain(t)
			if got := s.page(t, post); !strings.Contains(got, "unavailable") {
				t.Error("it is not in maintenance")
			}
		})
		if got := s.page(t, post); !strings.Contains(got, "<title>Test practice") || !strings.Contains(got, "Kate &amp; I") || !strings.Contains(got, `id="commentform"`) || strings.Contains(got, "from a plugin") {
			t.Errorf("the page is %s", got)
		}
	})
	if s == nil {
		return // skipped
	}
	if _, err := http.Get(s.URL); err == nil {
		t.Error("PHP outlives its test")
	}
	if _, err := os.Stat(s.dir); err == nil {
		t.Error("its files outlive the test")
	}
	for _, server := range s.servers {
		if server.ProcessState == nil || server.ProcessState.Success() {
			t.Errorf("%s was not ended", server.Path)
		}
	}
}

func (s *Site) page(t *testing.T, post string) string {
	t.Helper()
	resp, err := http.Get(s.URL + "/?p=" + post)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
