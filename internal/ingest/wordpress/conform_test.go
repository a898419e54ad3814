package wordpress

import (
	"html"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/ingest/conform"
	"triage/internal/ingest/wordpress/wptest"
)

// blog is the real WordPress as a stage: a post of it.
type blog struct {
	site *wptest.Site
	post string
}

func (b blog) Say(t testing.TB, s conform.Said) string {
	t.Helper()
	c := wptest.Comment{Post: b.post, Parent: s.Parent, Text: html.EscapeString(s.Text), Author: s.Author, Created: time.Now()}
	if s.Own {
		c.User = b.site.UserID
	} else if c.Author == "" {
		c.Author = "Somebody"
	}
	return b.site.AddComments(t, c)[0]
}

func (b blog) Edit(t testing.TB, item, text string) {
	t.Helper()
	b.site.Do(t, `wp_update_comment(["comment_ID" => $a[0], "comment_content" => $a[1]]);`, item, text)
}

func (b blog) Delete(t testing.TB, item string) {
	t.Helper()
	b.site.Do(t, `wp_delete_comment($a[0], true);`, item)
}

func (b blog) Stands(t testing.TB, item string) (s conform.Stands) {
	t.Helper()
	s.Hidden = b.site.Stored(t, item).Status != "1"
	s.Replies = wptest.Run[[]string](t, b.site, `$out = [];
		foreach (get_comments(["parent" => $a[0], "status" => "approve", "user_id" => $a[1]]) as $c) { $out[] = html_entity_decode($c->comment_content, ENT_QUOTES); }
		return $out;`, item, b.site.UserID)
	return s
}

// TestConforms runs what every connector must do against the real WordPress.
func TestConforms(t *testing.T) {
	conform.Run(t, func(t testing.TB) conform.Subject {
		site := wptest.Shared(t)
		return conform.Subject{
			Platform: Platform, URL: site.URL, Many: 130, Secrets: []string{site.Password},
			Stage:   blog{site, site.AddPost(t, wptest.Post{Title: "Flu clinic"})},
			Limited: conform.Answer{Status: 429, Header: map[string]string{"Retry-After": "60"}, Body: "<html>" + conform.TextCanary},
			Dead:    conform.Answer{Status: 401, Body: `{"code":"incorrect_password","message":"` + conform.TextCanary + `","data":{"status":401}}`},
			New: func(t testing.TB, s conform.Setup) conform.Client {
				password := site.Password
				if s.Dead {
					password = "wrong"
				}
				c, err := New(Config{Site: s.URL, User: site.User, Password: password},
					Options{HTTP: s.HTTP, Log: s.Log, Account: conform.Account, Names: ingest.NewNamer([]byte("key"))})
				if err != nil {
					t.Fatal(err)
				}
				return c
			},
		}
	})
}
