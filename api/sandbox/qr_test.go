package sandbox_test

import (
	"bytes"
	"encoding/xml"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"rsc.io/qr"

	"kvikk/api/sandbox"
)

// qrFlow is a QR payment's picture, and the landing page that it leads to.
func (m *merchant) qrFlow(reference, qrFormat string) (picture answer, landing string) {
	m.t.Helper()
	redirect := m.create(reference, "userFlow", `"QR"`, "returnUrl", "", "qrFormat", qrFormat).text(m.t, "redirectUrl")
	path, token, ok := strings.Cut(redirect, "/qr?token=")
	if !ok || path != m.s.URL() {
		m.t.Fatalf("redirectUrl %q, want a picture at %s/qr", redirect, m.s.URL())
	}
	return m.send("GET", "/qr?token="+token, "", nil), m.s.URL() + "/landing?token=" + token
}

func TestAQRCodeIsAPNGOfTheSizeAskedFor(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	for _, tt := range []struct {
		reference, format string
		size              int
	}{
		{"qr-smallest", `{"format":"IMAGE/PNG","size":100}`, 100},
		{"qr-uneven", `{"format":"IMAGE/PNG","size":1999}`, 1999},
		{"qr-largest", `{"format":"IMAGE/PNG","size":2000}`, 2000},
		{"qr-default", `{"format":"IMAGE/PNG"}`, 1024},
		{"qr-null-size", `{"format":"IMAGE/PNG","size":null}`, 1024},
	} {
		t.Run(tt.reference, func(t *testing.T) {
			t.Parallel()
			m := &merchant{t, m.s, m.http, m.token}
			a, landing := m.qrFlow(tt.reference, tt.format)
			a.want(t, http.StatusOK)
			if got := a.header.Get("Content-Type"); got != "image/png" {
				t.Errorf("content type %q", got)
			}
			img, err := png.Decode(bytes.NewReader(a.body))
			if err != nil {
				t.Fatal(err)
			}
			if got := img.Bounds(); got != image.Rect(0, 0, tt.size, tt.size) {
				t.Errorf("bounds %v, want %d by %d", got, tt.size, tt.size)
			}
			sameModules(t, img, landing)
		})
	}
}

// sameModules compares a picture with the QR code of text: the code fills the
// square that its dark corners span, and the margin is light and wide enough.
func sameModules(t *testing.T, img image.Image, text string) {
	t.Helper()
	want, err := qr.Encode(text, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	dark := func(x, y int) bool { return color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < 128 }
	from := 0
	for from < img.Bounds().Dx() && !dark(from, from) {
		from++
	}
	side := img.Bounds().Dx() - 2*from
	if module := side / want.Size; side <= 0 || from < 4*module {
		t.Fatalf("the margin is %d pixels around %d, want 4 modules", from, side)
	}
	for y := range want.Size {
		for x := range want.Size {
			at := func(n int) int { return from + (2*n+1)*side/(2*want.Size) }
			if got := dark(at(x), at(y)); got != want.Black(x, y) {
				t.Fatalf("module %d,%d is dark: %v", x, y, got)
			}
		}
	}
}

func TestAQRCodeIsAnSVGUnlessAskedOtherwise(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	for reference, format := range map[string]string{"qr-nothing": "", "qr-null-format": "null", "qr-svg-asked": `{"format":"IMAGE/SVG+XML","size":100}`} {
		a, landing := m.qrFlow(reference, format)
		a.want(t, http.StatusOK)
		if got := a.header.Get("Content-Type"); got != "image/svg+xml" {
			t.Errorf("%s: content type %q", reference, got)
		}
		var svg struct {
			XMLName xml.Name `xml:"http://www.w3.org/2000/svg svg"`
			ViewBox string   `xml:"viewBox,attr"`
			Title   string   `xml:"title"`
			Link    struct {
				Href string `xml:"href,attr"`
			} `xml:"a"`
		}
		if err := xml.Unmarshal(a.body, &svg); err != nil || svg.Link.Href != landing || svg.Title == "" {
			t.Errorf("%s: %v %+v", reference, err, svg)
		}
	}
}

func TestAQRPaymentCanBeATargetURLAlone(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	redirect := m.create("qr-target", "userFlow", `"QR"`, "returnUrl", "", "qrFormat", `{"format":"TEXT/TARGETURL"}`).text(t, "redirectUrl")
	p := m.open(redirect)
	p.want(t, http.StatusOK)
	if !strings.HasPrefix(p.path, "/landing?token=") {
		t.Errorf("redirectUrl %q, want the landing page itself", redirect)
	}
	if a := m.press(p, "approve"); a.status != http.StatusSeeOther || a.header.Get("Location") != p.path {
		t.Errorf("without returnUrl: answered %d to %q, want the page again", a.status, a.header.Get("Location"))
	}
	if got := m.send("GET", strings.Replace(p.path, "/landing", "/qr", 1), "", nil).status; got != http.StatusNotFound {
		t.Errorf("a picture of it: %d", got)
	}
}

func TestTheTokenOfAQRCodeForceApproves(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	_, landing := m.qrFlow("qr-approve", "")
	_, token, _ := strings.Cut(landing, "token=")
	m.call("POST", "/epayment/v1/test/payments/qr-approve/approve", `{"token":"`+token+`"}`).want(t, http.StatusOK)
}
