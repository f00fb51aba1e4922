import pytest, time, cProfile, pstats
from sereno.accounts.queries import SYSTEM
def test_scale(admin, admin_program, node, site):
    from sereno.sites.models import Camera, CameraGroup
    from sereno.sites.secrets import seal
    from sereno.enforcer.models import Schedule
    from sereno.enforcer.queries import desired_of
    from sereno.gate.queries import orders_for
    sealed = seal("s3cr3t")
    cams = Camera.objects.bulk_create([Camera(site=site,node=node,name=f"C{i}",address=f"rtsp://192.0.2.1/{i}",username="u",password_sealed=sealed) for i in range(500)])
    ids=[str(c.pk) for c in cams]
    night = admin_program("POST","profiles",{"name":"Noche","knobs":{"nice":3}}).json()
    cal = admin_program("POST","calendars",{"name":"F","dates":[{"date":f"2026-{m:02d}-{d:02d}","name":"x"} for m in range(1,13) for d in range(1,9)]}).json()
    g = admin_program("POST","groups",{"name":"g","camera_ids":ids}).json()
    for i in range(3):
        r=admin_program("POST","schedules",{"name":f"s{i}","intervals":[{"days":[1,2,3,4,5],"from":"07:00","to":"13:00","profile_id":night["id"]},{"from":"22:00","to":"06:00"}],"group_ids":[g["id"]] if i else [], "camera_ids":ids[:250] if not i else [], "calendar_id":cal["id"]})
        assert r.status_code==201, r.content
    for name, f in (("desired", lambda: desired_of(node)), ("orders", lambda: orders_for(node)), ("list", lambda: admin_program("GET","cameras")), ("preview", lambda: admin_program("GET","preview")), ("runners", lambda: admin_program("GET","runners")), ("schedule patch", lambda: admin_program("PATCH", f"schedules/{r.json()['id']}", {"name": f"s{time.time()}"}))):
        for _ in range(3):
            a=time.perf_counter(); c=time.process_time(); x=f(); print(name, round(time.perf_counter()-a,3), "cpu", round(time.process_time()-c,3), len(getattr(x,'body',getattr(x,'content',b''))))
        pr=cProfile.Profile(); pr.enable(); f(); pr.disable()
        if name in ("desired","orders","list","preview"): pstats.Stats(pr).sort_stats("tottime").print_stats(9)
