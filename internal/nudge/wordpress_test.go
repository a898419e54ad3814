package nudge

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"triage/deploy/wordpress"
	"triage/internal/ingest/wordpress/wptest"
)

func TestMain(m *testing.M) {
	defer wptest.StopShared()
	m.Run()
}

// plugin is the zip for a practice.
func plugin(t *testing.T, p Practice) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Plugin(&b, wordpress.Plugin, p, Shipped()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPluginHoldsEverything(t *testing.T) {
	b := plugin(t, cedar)
	if !bytes.Equal(b, plugin(t, cedar)) {
		t.Error("the same practice gave two zips")
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		switch f.Name {
		case "triage-nudge/triage-nudge.php":
			if !strings.Contains(string(content), "License: GPL-2.0-or-later") {
				t.Error("the plugin does not say its licence")
			}
		case "triage-nudge/nudge.js":
			if !bytes.Equal(content, script(t, cedar)) {
				t.Error("the script is another")
			}
		}
	}
	want := []string{"triage-nudge/nudge.js", "triage-nudge/readme.txt", "triage-nudge/settings.json", "triage-nudge/triage-nudge.php", "triage-nudge/uninstall.php"}
	if slices.Sort(names); !slices.Equal(names, want) {
		t.Errorf("it holds %q", names)
	}
	if err := Plugin(io.Discard, wordpress.Plugin, Practice{}, Shipped()); err == nil {
		t.Error("a plugin without a practice was written")
	}
}

// install uploads the plugin as an administrator does, activates it, and takes it
// away when the test ends.
func install(t *testing.T, s *wptest.Site, zip []byte) {
	t.Helper()
	got := wptest.Run[string](t, s, `
		define( 'FS_METHOD', 'direct' );
		require_once ABSPATH . 'wp-admin/includes/class-wp-upgrader.php';
		require_once ABSPATH . 'wp-admin/includes/file.php';
		require_once ABSPATH . 'wp-admin/includes/plugin.php';
		$zip = wp_tempnam( 'triage-nudge.zip' );
		file_put_contents( $zip, base64_decode( $a[0] ) );
		$done = ( new Plugin_Upgrader( new Automatic_Upgrader_Skin() ) )->install( $zip );
		$on   = true === $done ? activate_plugin( 'triage-nudge/triage-nudge.php' ) : $done;
		return is_wp_error( $on ) ? $on->get_error_message() : ( null === $on ? 'active' : 'not installed' );`, base64.StdEncoding.EncodeToString(zip))
	t.Cleanup(func() {
		left := wptest.Run[[]any](t, s, `
			define( 'FS_METHOD', 'direct' );
			require_once ABSPATH . 'wp-admin/includes/file.php';
			require_once ABSPATH . 'wp-admin/includes/plugin.php';
			deactivate_plugins( 'triage-nudge/triage-nudge.php' );
			return array( delete_plugins( array( 'triage-nudge/triage-nudge.php' ) ), get_option( 'triage_nudge' ), is_dir( WP_PLUGIN_DIR . '/triage-nudge' ) );`)
		if left[0] != true || left[1] != false || left[2] != false {
			t.Errorf("taking the plugin away left %v", left)
		}
	})
	if got != "active" {
		t.Fatalf("the plugin is %s", got)
	}
}

// comments are the texts under a post.
func comments(t *testing.T, s *wptest.Site, post string) []string {
	t.Helper()
	return wptest.Run[[]string](t, s, `return wp_list_pluck( get_comments( array( 'post_id' => $a[0], 'order' => 'ASC', 'status' => 'all' ) ), 'comment_content' );`, post)
}

// fill writes a comment as somebody who has not been here yet.
func fill(v *visitor, address, text string) {
	v.Helper()
	v.Do("write a comment", chromedp.Navigate(address), chromedp.SendKeys(theText, text), chromedp.SetValue(css("#author"), "Kim"), chromedp.SetValue(css("#email"), "kim@example.test"))
}

// published waits until a comment is on the page.
func published(part string) chromedp.Action[chromedp.Void] {
	return chromedp.WaitVisible(chromedp.Search(`//p[contains(text(), "` + part + `")]`))
}

func TestOnWordPress(t *testing.T) {
	s := wptest.Shared(t)
	private := s.AddPost(t, wptest.Post{Title: "Write to us in private", Text: "<p id='private'>Only we read this.</p>", Type: "page", Closed: true})
	install(t, s, plugin(t, Practice{Private: "/?page_id=" + private, Phone: cedar.Phone, Name: `Cedar "Family" <Practice> & Söhne`}))
	post := s.AddPost(t, wptest.Post{Title: "Our new hours"})
	address := s.URL + "/?p=" + post
	v := newVisitor(t)
	defer v.Watch()()

	fill(v, address, harmless)
	v.Do("send", chromedp.Click(theClick), published("parking"))

	asks(v, address)
	v.Do("edit", chromedp.Click(in(theForm, editSel)), chromedp.Evaluate[chromedp.Void](`document.querySelector("#comment").value = ""`),
		chromedp.SendKeys(theText, "What are your hours?"), chromedp.Click(theClick), published("your hours"))

	asks(v, address)
	v.Do("go to the private form", chromedp.Click(in(theForm, linkSel)), chromedp.WaitVisible(css("#private")))

	fill(v, address, disclosure)
	v.Do("by keys only: to the button", chromedp.Focus(theClick), chromedp.KeyEvent(kb.Enter))
	v.asked("by keys")
	v.reads()
	v.Do("number, link, edit, publish", chromedp.KeyEvent(kb.Tab+kb.Tab+kb.Tab+kb.Tab+kb.Enter), published("hysterectomy"))
	if got := comments(t, s, post); !slices.Equal(got, []string{harmless, "What are your hours?", disclosure}) {
		t.Errorf("under the post are %q", got)
	}

	t.Run("without JavaScript", func(t *testing.T) {
		withoutScript(t, address)
		if got := comments(t, s, post); len(got) != 4 {
			t.Errorf("under the post are %q", got)
		}
	})
	t.Run("settings", func(t *testing.T) { settings(t, s, address) })
	t.Run("block theme", func(t *testing.T) { blocks(t, s, address) })
}

// asks writes a disclosure and looks at the question.
func asks(v *visitor, address string) {
	v.Helper()
	fill(v, address, disclosure)
	v.Do("send", chromedp.Click(theClick))
	v.asked("a disclosure")
	v.Is("the name is only text", string(in(theForm, linkSel))+`.textContent === 'Private form – Cedar "Family" <Practice> & Söhne'`)
	v.Axe(theForm)
	v.Shoot("wordpress")
	v.Size(390, 844)
	v.Shoot("wordpress-phone")
	v.Size(1100, 800)
	v.reads()
}

func withoutScript(t *testing.T, address string) {
	v := newVisitor(t)
	v.Do("switch it off", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	fill(v, address, "My son has asthma, as ever")
	v.Do("send", chromedp.Click(theClick), published("as ever"))
}
