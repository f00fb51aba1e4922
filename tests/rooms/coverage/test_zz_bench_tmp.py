"""Coverage of 100 cameras x 31 days, and orders of 500 cameras."""
import time
from datetime import timedelta, datetime, UTC, date
from uuid import uuid4
import cProfile, pstats
import pytest
from django.db import connection
from sereno.accounts.queries import SYSTEM
from sereno.enforcer.actions_schedules import make_schedule, make_calendar
from sereno.enforcer.rules_schedules import *
from sereno.sites.models import Camera
from sereno.coverage.queries import report_of
from sereno.gate.queries import orders_for, etag_for

def test_it(node, site):
    now = datetime.now(UTC)
    Camera.objects.bulk_create([Camera(site=site,node=node,name=f"c{i}",address=f"rtsp://192.0.2.1/{i}",created_at=now-timedelta(days=60)) for i in range(500)])
    cams=list(Camera.objects.select_related("site","node"))
    cal=make_calendar(SYSTEM,"f",[DaySaid(date(2026,1,1)+timedelta(days=7*i),f"d{i}") for i in range(40)])
    said=ScheduleSaid("clases",kind="weekly",intervals=(IntervalSaid("07:00","13:00",(1,2,3,4,5)),IntervalSaid("14:00","18:00",(1,2,3,4,5))),calendar_id=cal.pk,camera_ids=frozenset(c.pk for c in cams))
    t=time.process_time(); make_schedule(SYSTEM,said); print("make", time.process_time()-t)
    from sereno.enforcer.models import PlanHistory
    PlanHistory.objects.update(since=now-timedelta(days=50))
    with connection.cursor() as cu:
        for c in cams[:100]:
            cu.execute("""INSERT INTO footage_coveragerun (run_id,camera_id,stream,span,is_open,end_reason_key,end_reason_params,end_reason_raw,revision,segment_count,size_bytes,engine,clock,sound,damaged_seconds,damage)
            SELECT gen_random_uuid(), %s,'main', tstzrange(g, g+interval '55 minutes'), false,'refused','{"host":"192.0.2.1","port":"554"}','',1,1,1,'native','rtcp','',0,'{}' FROM generate_series(%s::timestamptz,%s,interval '1 hour') g""",[c.pk,now-timedelta(days=31),now])
            cu.execute("INSERT INTO footage_horizon(camera_id,stream,reported_through) VALUES (%s,'main',%s)",[c.pk,now])
        cu.execute("ANALYZE")
    w=Span(now-timedelta(days=31),now)
    pr=cProfile.Profile()
    for i in range(2):
        t=time.process_time(); tw=time.perf_counter(); r=report_of(cams[:100],w,now); print("report cpu",time.process_time()-t,"wall",time.perf_counter()-tw, r.whole.percent)
    pr.enable(); report_of(cams[:100],w,now); pr.disable()
    pstats.Stats(pr).sort_stats("tottime").print_stats(14)
    t=time.process_time(); o=orders_for(node,now); print("orders cpu",time.process_time()-t,len(o.body))
    import gzip; t=time.process_time(); print("gz", len(gzip.compress(o.body,6)), time.process_time()-t)
    t=time.process_time(); etag_for(node,now); print("etag cpu",time.process_time()-t)
from sereno.base.spans import Span
