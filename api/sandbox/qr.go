package sandbox

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/url"
	"strings"

	"rsc.io/qr"
)

// The formats of qrFormat, see https://developer.vippsmobilepay.com/api/epayment.
const (
	qrSVG  = "IMAGE/SVG+XML"
	qrPNG  = "IMAGE/PNG"
	qrText = "TEXT/TARGETURL"
)

const (
	qrSize  = 1024 // pixels a side, where the request names no size
	qrQuiet = 4    // modules of light margin, as the standard asks for
)

// picture is how a payment's QR code is wanted; the zero value is an SVG.
type picture struct {
	format string // empty means qrSVG
	size   int    // pixels a side of a PNG; 0 means qrSize
}

// readPicture reads qrFormat.
func readPicture(root object) picture {
	o, ok := root.child("qrFormat")
	if !ok {
		return picture{}
	}
	o.require("format")
	p := picture{format: o.oneOf("format", qrText, qrSVG, qrPNG), size: int(o.between("size", 100, 2000))}
	o.refuseOthers()
	return p
}

// redirectURL is where the payer goes on: the landing page, the picture of a QR
// code that leads there, or nothing where the payer is in the app already.
func (s *Server) redirectURL(p *payment) string {
	switch {
	case p.userFlow == "PUSH_MESSAGE":
		return ""
	case p.userFlow == "QR" && p.picture.format != qrText:
		return s.url + "/qr?token=" + url.QueryEscape(p.landing)
	}
	return s.landingURL(p.landing)
}

// showQR answers the picture of a payment's QR code. It stays there when the
// payment has ended: the page that the code leads to says so.
func showQR(c *call) reply {
	var target string
	var want picture
	c.wake = c.findLanding(c.r.URL.Query().Get("token"), func(_ *unit, p *payment) {
		if p.userFlow == "QR" && p.picture.format != qrText {
			target, want = c.s.landingURL(p.landing), p.picture
		}
	})
	if target == "" {
		return c.noPayment()
	}
	a, err := want.draw(target)
	if err != nil {
		c.s.log.Error("a QR code could not be drawn", "error", err)
		return gatewayError(http.StatusInternalServerError, "The QR code could not be drawn.")
	}
	return a
}

func (p picture) draw(target string) (reply, error) {
	code, err := qr.Encode(target, qr.M)
	if err != nil {
		return reply{}, fmt.Errorf("encode a QR code of %d bytes: %w", len(target), err)
	}
	a := reply{status: http.StatusOK, contentType: "image/svg+xml", header: [][2]string{
		{"Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"},
		{"Referrer-Policy", "same-origin"},
		// A shop shows the picture on a page of its own, which may be isolated.
		{"Cross-Origin-Resource-Policy", "cross-origin"},
		noStore(),
	}}
	if p.format != qrPNG {
		a.body = svg(code, target)
		return a, nil
	}
	size := p.size
	if size == 0 {
		size = qrSize
	}
	var b bytes.Buffer
	if err := png.Encode(&b, raster(code, size)); err != nil {
		return reply{}, fmt.Errorf("encode a PNG: %w", err)
	}
	a.contentType, a.body = "image/png", b.Bytes()
	return a, nil
}

// svg draws a code as one path, a run of dark modules at a time, and takes the
// size of where it is shown. The picture is a link as well, for whoever has
// opened it by itself, on a machine that no phone can reach.
func svg(code *qr.Code, target string) []byte {
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if n := x - from; n > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from+qrQuiet, y+qrQuiet, n, n)
			}
		}
	}
	side := code.Size + 2*qrQuiet
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges">`+
		`<title>QR code of a payment</title><a href="%s" aria-label="Open the payment&#8217;s page">`+
		`<path fill="#fff" d="M0 0h%dv%dh-%dz"/><path fill="#000" d="%s"/></a></svg>`,
		side, side, xmlText(target), side, side, side, path.String())
}

func xmlText(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}

// raster draws a code into size by size pixels. Every module is a square of
// whole pixels; what is left over widens the margin on all sides. The URLs of a
// sandbox need some 50 modules, and the smallest picture has 100 pixels.
func raster(code *qr.Code, size int) image.Image {
	scale := max(1, size/(code.Size+2*qrQuiet))
	margin := (size - scale*code.Size) / 2
	img := image.NewPaletted(image.Rect(0, 0, size, size), color.Palette{color.White, color.Black})
	for y := range code.Size * scale {
		for x := range code.Size * scale {
			if code.Black(x/scale, y/scale) {
				img.SetColorIndex(margin+x, margin+y, 1)
			}
		}
	}
	return img
}
