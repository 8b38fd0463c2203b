import threading
from pathlib import Path
from werkzeug.serving import make_server
from playwright.sync_api import sync_playwright
from tests.world import build, PASSWORD
from tests.worlds.payments import *
from tests.worlds.ordering import again
OUT=Path('/tmp/labpark/pay/shots')
def test_shots(app):
    w=build(); rate(w)
    o=bought(w); pay=paid(w,o,"40000.00"); proposed_refund(w,o,"5000.00"); deliver(w,o,4)
    p=paid_out(w); st=statement(w); t=told(w,o,"1000.00")
    o2=bought(w,model="B2",supplier="supplier2"); paid(w,o2,"30000.00")
    db.session.remove()
    server=make_server("127.0.0.1",8765,app,threaded=True)
    threading.Thread(target=server.serve_forever,daemon=True).start()
    with sync_playwright() as pw:
        b=pw.chromium.launch(executable_path="/usr/bin/chromium",args=["--no-sandbox"])
        for who,paths in {"cai":[f"/orders/{o.id}#money","/payments",f"/payments/{pay.id}"],"shu":["/payments","/payouts",f"/payouts/{p.id}"],"jin":[f"/statements/{st.id}"],"wang":["/money"]}.items():
            for width in (1280,390):
                ctx=b.new_context(viewport={"width":width,"height":900},locale="zh-CN"); pg=ctx.new_page()
                pg.goto("http://127.0.0.1:8765/login"); pg.fill("input[name=email]",w.email(who)); pg.fill("input[name=password]",PASSWORD); pg.press("input[name=password]","Enter"); pg.wait_for_load_state()
                for i,path in enumerate(paths):
                    pg.goto("http://127.0.0.1:8765"+path); pg.wait_for_load_state()
                    over=pg.evaluate("document.documentElement.scrollWidth>document.documentElement.clientWidth")
                    print(who,width,path,"SIDEWAYS" if over else "ok")
                    pg.screenshot(path=str(OUT/f"{who}-{i}-{width}.png"),full_page=True)
                ctx.close()
        b.close()
    server.shutdown()
